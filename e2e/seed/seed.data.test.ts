import { afterEach, expect, it } from "vitest";
import { verified } from "#lib/testing/audit-chain.ts";
import { openTestDatabase, type TestDatabase } from "#lib/testing/database.ts";
import { seed, type Variant } from "./seed.ts";

const now = new Date("2026-11-27T17:20:00.000Z");
let database: TestDatabase;
afterEach(() => database.close());

async function seeded(variant: Variant) {
  database = await openTestDatabase({
    REPORT_INTERVAL_MS: "3600000",
    SMTP_URL: "smtp://127.0.0.1:1",
    SMTP_FROM: "alerts@family.example",
  });
  const { connectionParameters } = database.owner as unknown as {
    connectionParameters: { user: string; password: string; host: string; port: number; database: string };
  };
  const { user, password, host, port, database: name } = connectionParameters;
  const ownerUrl = `postgresql://${user}:${password}@${host}:${port}/${name}`;
  const made = await seed({ ownerUrl, variant, now });
  await database.owner.query("select set_config('plumbline.organization', $1, false)", [made.organizationId]);
  const rows = async <Row>(sql: string) => (await database.owner.query(sql)).rows as Row[];
  const ctx = {
    organizationId: made.organizationId,
    role: "admin" as const,
    actor: { kind: "system" as const, id: null, name: "test" },
    address: null,
  };
  return { made, rows, ctx };
}

it("fills an organization with every state, every cause and thirty days behind it", {
  timeout: 300_000,
}, async () => {
  const { made, rows, ctx } = await seeded("plenty");
  expect(made.environments.size).toBe(44);
  const states = await rows<{ state: string }>("select distinct state from environments order by 1");
  expect(states.map(({ state }) => state)).toEqual([
    "Converged",
    "Converging",
    "Diverged",
    "Suspended",
    "Unknown",
  ]);
  const causes = await rows<{ cause: string }>(
    "select distinct unnest(causes) as cause from divergences order by 1",
  );
  expect(causes.map(({ cause }) => cause)).toEqual(["drift", "failed", "pending", "unhealthy"]);
  const [{ oldest, newest }] = (await rows(
    "select min(finished_at) as oldest, max(finished_at) as newest from syncs",
  )) as [{ oldest: Date; newest: Date }];
  expect(now.getTime() - oldest.getTime()).toBeGreaterThan(29 * 86_400_000);
  expect(newest.getTime()).toBeLessThanOrEqual(now.getTime());
  const [late] = await rows<{ n: number }>(
    "select count(*)::int as n from audit_events where at > '2026-11-27T17:20:00Z' and action <> 'organization.created'",
  );
  expect(late?.n).toBe(0);
  expect(await rows("select distinct proven from pull_requests where status = 'converged'")).toEqual([
    { proven: true },
  ]);
  expect(await verified({ ctx, input: { anchors: "" } })).toMatchObject({ ok: true });
});

it("makes an organization that has nothing yet", async () => {
  const { made, rows } = await seeded("nothing");
  expect(made.environments.size).toBe(0);
  expect(await rows("select slug from organizations")).toEqual([{ slug: "family-insurance" }]);
});

it("breaks what can break: agents, renders, reports, GitHub, a channel and the audit chain", {
  timeout: 300_000,
}, async () => {
  const { rows, ctx } = await seeded("failures");
  expect(await rows("select name from clusters where silent order by name")).toEqual([
    { name: "tools" },
    { name: "us-east-1-prod" },
  ]);
  expect(
    await rows(
      "select distinct problem ->> 'stage' as stage from environments where problem is not null order by 1",
    ),
  ).toEqual([{ stage: "fetch" }, { stage: "render" }, { stage: "validate" }]);
  expect(await rows("select count(*)::int as n from environments where report_problem is not null")).toEqual([
    { n: 1 },
  ]);
  expect(await rows("select distinct status from deliveries order by 1")).toEqual([
    { status: "delivered" },
    { status: "given-up" },
    { status: "pending" },
  ]);
  expect(await verified({ ctx, input: { anchors: "" } })).toMatchObject({ ok: false });
});
