import pg from "pg";

/** What one call cost the database: pages it touched, and what it read and did not need. */
export type Plan = { statements: number; buffers: number; discarded: number; scans: string[] };

type Asked = { text: string; values: unknown[] };
type Node = {
  "Node Type": string;
  "Relation Name"?: string;
  "Actual Rows"?: number;
  "Actual Loops"?: number;
} & Record<string, unknown> & { Plans?: Node[] };

/** Tables that grow with history: nothing may read one of them from end to end. */
const growing = ["syncs", "divergences", "revisions", "renderings", "manifests", "delivery_days"];

/** Runs `call`, then every statement it sent once more under EXPLAIN (ANALYZE, BUFFERS), as the application's role. */
export async function explain(
  app: pg.Client,
  organizationId: string,
  call: () => Promise<unknown>,
): Promise<Plan> {
  const asked = await recordStatements(call);
  const plan: Plan = { statements: 0, buffers: 0, discarded: 0, scans: [] };
  await app.query("begin");
  await app.query("select set_config('plumbline.organization', $1, true)", [organizationId]);
  for (const { text, values } of asked) {
    const { rows } = await app.query<{ "QUERY PLAN": { Plan: Node; Planning: Node }[] }>(
      `explain (analyze, buffers, format json) ${text}`,
      values,
    );
    const top = rows[0]?.["QUERY PLAN"][0]?.Plan;
    if (!top) continue;
    plan.statements += 1;
    plan.buffers += Number(top["Shared Hit Blocks"] ?? 0) + Number(top["Shared Read Blocks"] ?? 0);
    visit(top, plan);
  }
  await app.query("rollback");
  return plan;
}

function visit(node: Node, plan: Plan) {
  const loops = node["Actual Loops"] ?? 1;
  const dropped =
    Number(node["Rows Removed by Filter"] ?? 0) + Number(node["Rows Removed by Index Recheck"] ?? 0);
  plan.discarded += dropped * loops;
  if (node["Node Type"] === "Seq Scan" && growing.includes(node["Relation Name"] ?? ""))
    plan.scans.push(node["Relation Name"]!);
  for (const child of node.Plans ?? []) visit(child, plan);
}

/** Statements that read, as the driver was given them. */
async function recordStatements(call: () => Promise<unknown>): Promise<Asked[]> {
  const asked: Asked[] = [];
  const prototype = pg.Client.prototype as unknown as { query: (...given: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (this: unknown, ...given: unknown[]) {
    const [first, second] = given as [string | Asked, unknown[] | undefined];
    const one = typeof first === "string" ? { text: first, values: second ?? [] } : first;
    if (/^\s*\(?\s*(select|with)\b/i.test(one.text) && !/set_config/.test(one.text))
      asked.push({ text: one.text, values: one.values ?? [] });
    return query.apply(this, given);
  };
  try {
    await call();
  } finally {
    prototype.query = query;
  }
  return asked;
}
