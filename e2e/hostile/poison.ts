import { gunzipSync, gzipSync } from "node:zlib";
import pg from "pg";

/** Columns that hold no words of anybody: enumerations, addresses of rows, digests. Everything else is poisoned. */
const STRUCTURAL = new Set([
  ..."slug role state status kind mode renderer trigger outcome sync health cause connection".split(" "),
  ..."revision digest rendered_digest desired_digest observed_digest target_digest converged_digest".split(
    " ",
  ),
  ..."head_revision compared_revision converged_revision from_revision to_revision merge_revision".split(" "),
  ..."commit_revision commit_sha hash previous_hash token_hash body_digest key provider situation failure".split(
    " ",
  ),
  ..."actor_kind subject_kind subject_id actor_id action uid ending stream password_hash id query".split(" "),
]);
/** Members of JSON that are the same. */
const STRUCTURAL_MEMBERS = new Set([
  ..."type stage reason_code action sync health cause causes operation time since until at by kind state".split(
    " ",
  ),
  ..."revision digest id uid version status mergeable checks outcome environmentId clusterId ending".split(
    " ",
  ),
]);
/** Names that are a part of addresses: poisoned in a round of their own. */
const ADDRESSES = new Set(["environments.name", "clusters.name"]);
const SKIPPED = new Set([
  "sessions",
  "accounts",
  "agent_tokens",
  "invitations",
  "_prisma_migrations",
  "setup_links",
]);
const mostRows = 600;

type Column = { table_name: string; column_name: string; data_type: string };

/** Answers the texts in turn, so that neighbouring rows and fields have different ones. */
export function dealer(texts: string[], from: number) {
  let next = from;
  return () => texts[next++ % texts.length]!;
}

/**
 * Puts a hostile text into every field of every row of the tenant that holds words, in place of it or behind it,
 * past every check of the product: as if somebody had found a way around them all. Answers the fields.
 */
export async function poison(call: {
  ownerUrl: string;
  organizationId: string;
  deal: () => string;
  /** Also the names that stand in addresses. */
  addresses: boolean;
}): Promise<string[]> {
  const { ownerUrl, organizationId, deal, addresses } = call;
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const fields: string[] = [];
  try {
    await client.query("select set_config('plumbline.organization', $1, false)", [organizationId]);
    const { rows: columns } = await client.query<Column>(`
      select c.table_name, c.column_name, c.data_type from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
      where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
        and c.data_type in ('text', 'json', 'jsonb')`);
    for (const [table, own] of Map.groupBy(columns, (column) => column.table_name)) {
      const hostile = own.filter(({ column_name: name }) => isHostile(table, name, addresses));
      if (SKIPPED.has(table) || hostile.length === 0) continue;
      fields.push(...(await poisonTable(client, table, hostile, deal)));
    }
    await poisonManifests(client, deal);
    return fields;
  } finally {
    await client.end();
  }
}

const isHostile = (table: string, name: string, addresses: boolean) =>
  !STRUCTURAL.has(name) && (addresses || !ADDRESSES.has(`${table}.${name}`));

async function poisonTable(client: pg.Client, table: string, columns: Column[], deal: () => string) {
  const names = columns.map(({ column_name: name }) => `"${name}"`);
  await client.query(`alter table "${table}" disable trigger user`);
  const { rows } = await client.query(
    `select ctid::text as at, ${names.join(", ")} from "${table}" order by ctid desc limit ${mostRows}`,
  );
  const taken = new Set<string>();
  for (const { at, ...row } of rows) {
    const values = columns.map(({ column_name: name, data_type: type }) => {
      const value: unknown = row[name];
      if (value === null) return null;
      return type === "text" ? spoiled(String(value), deal) : JSON.stringify(poisonJson(value, deal));
    });
    let where = at;
    for (const [index, { column_name: name, data_type: type }] of columns.entries()) {
      if (values[index] === null) continue;
      const written = await client
        .query(
          `update "${table}" set "${name}" = $2::${type} where ctid = $1::tid returning ctid::text as at`,
          [where, values[index]],
        )
        // What the database itself refuses to hold can be shown nowhere.
        .catch((error: { code?: string }) => {
          if (!["23514", "23505"].includes(error.code ?? "")) throw error;
          return null;
        });
      where = written?.rows[0]?.at ?? where;
      if (written) taken.add(`${table}.${name}`);
    }
  }
  await client.query(`alter table "${table}" enable trigger user`);
  return [...taken];
}

/** In place of what was there, so that it is the beginning of an address too; what was unique stays so. */
const spoiled = (value: string, deal: () => string) =>
  value === "" ? value : `${deal()} ${value}`.slice(0, 1200);

function poisonJson(value: unknown, deal: () => string): unknown {
  if (typeof value === "string") return spoiled(value, deal);
  if (Array.isArray(value)) return value.map((one) => poisonJson(one, deal));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      STRUCTURAL_MEMBERS.has(name) && typeof member !== "object" ? member : poisonJson(member, deal),
    ]),
  );
}

/** Manifests stand there compressed, by a digest that nobody computes again. */
async function poisonManifests(client: pg.Client, deal: () => string) {
  const { rows } = await client.query<{ digest: string; body: Buffer }>(
    `select digest, body from manifests limit ${mostRows}`,
  );
  for (const { digest, body } of rows) {
    const manifest = JSON.parse(gunzipSync(body).toString("utf8"));
    const hostile = gzipSync(JSON.stringify(poisonJson(manifest, deal)));
    await client.query("update manifests set body = $2 where digest = $1", [digest, hostile]);
  }
}
