import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDatabase } from "#lib/db.ts";
import { parseEnv, setEnv } from "#lib/env.ts";
import { openMetricsPort } from "#lib/metrics/open-metrics-port.ts";
import { AGENT_API } from "#lib/protocol/version.ts";
import { openTestDatabase, type TestDatabase } from "#lib/testing/database.ts";
import { makeEnvironment, makeTenant, report } from "#lib/testing/tenant.ts";
import { ensurePromtool } from "#scripts/engines/promtool.ts";
import { type Exposition, scrape } from "./agent/metrics/test-exposition.ts";
import { type RunningServer, startServer } from "./server.ts";

let database: TestDatabase;
let server: RunningServer;
let environment: Awaited<ReturnType<typeof makeEnvironment>>;
let before: Exposition;

const metrics = () => scrape(server.metricsPort!);

beforeAll(async () => {
  database = await openTestDatabase({ PLUMBLINE_ROLES: "gateway", PORT: "0", METRICS_PORT: "0" });
  const { ctx } = await makeTenant("Zirkonium");
  environment = await makeEnvironment(ctx, "osmium", "palladium");
  await makeEnvironment(ctx, "iridium", "rhodium");
  await database.owner.query(`update environments set state = 'Diverged' where name = 'rhodium'`);
  await database.owner.query(
    `insert into webhook_deliveries (id, event, payload, received_at) values ('1', 'push', '{}', now() - interval '90 s')`,
  );
  server = await startServer(database.env);
  before = await metrics();
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

async function until(probe: (seen: Exposition) => boolean): Promise<Exposition> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const seen = await metrics();
    if (probe(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`The metrics do not say it:\n${seen.text}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("the public port has no metrics", async () => {
  for (const url of [`${server.url}/metrics`, `http://127.0.0.1:${server.metricsPort}/`]) {
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).not.toContainEqual(expect.stringContaining("plumbline_"));
    expect(answer.status).toBe(404);
  }
  const same = { ...database.env, PORT: "4300", METRICS_PORT: "4300" };
  const strings = Object.fromEntries(Object.entries(same).map(([name, value]) => [name, String(value)]));
  expect(() => parseEnv(strings)).toThrow(/METRICS_PORT: must be another port than PORT/);
});

test("what is in the database is counted over all organizations, and names none", () => {
  const value = (series: string) => before.series.get(series);
  expect(value('plumbline_environments{state="Diverged"}')).toBe(1);
  expect(value('plumbline_environments{state="Converged"}')).toBe(0);
  expect(value('plumbline_agents{state="heard"}')).toBe(2);
  expect(value("plumbline_webhooks_waiting")).toBe(1);
  expect(value("plumbline_webhook_oldest_waiting_seconds")).toBeGreaterThanOrEqual(90);
  expect(value('plumbline_alert_deliveries{status="pending"}')).toBe(0);
  expect(value('plumbline_jobs_waiting{queue="open-rollback"}')).toBe(0);
  expect(value("plumbline_database_reachable")).toBe(1);
  expect(before.text).not.toMatch(/zirkonium|osmium|palladium|iridium|rhodium/i);
});

test("reports, requests, webhooks and streams are counted", async () => {
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(`${server.url}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${environment.token}`, "content-type": "application/json" },
    });
    await answer.text();
    return answer.status;
  };
  const { session } = environment;
  const reports = [report("palladium", randomUUID(), 1)];
  expect(await post(`${AGENT_API}/reports`, { session, reports })).toBe(200);
  expect(await post("/api/webhooks/github", {})).toBe(401);
  expect(await post(`${AGENT_API}/${randomUUID()}`, {})).toBe(404);
  const hints = { headers: { authorization: `Bearer ${environment.token}` }, agent: false } as const;
  const stream = await new Promise<IncomingMessage>((resolve, reject) =>
    get(`${server.url}${AGENT_API}/hints`, hints, resolve).on("error", reject),
  );
  expect(stream.statusCode).toBe(200);
  const grown = (seen: Exposition, series: string) =>
    (seen.series.get(series) ?? 0) - (before.series.get(series) ?? 0);
  const requests = (route: string, code: number) =>
    `plumbline_http_request_duration_seconds_count{route="${route}",code="${code}"}`;
  const seen = await until((now) => now.series.get('plumbline_streams_open{kind="agent"}') === 1);
  expect(grown(seen, 'plumbline_report_duration_seconds_count{result="accepted"}')).toBe(1);
  expect(grown(seen, 'plumbline_webhooks_total{result="refused"}')).toBe(1);
  expect(
    [requests("reports", 200), requests("webhook", 401), requests("other", 404)].map((one) =>
      grown(seen, one),
    ),
  ).toEqual([1, 1, 1]);
  stream.destroy();
  const after = await until((now) => now.series.get('plumbline_streams_open{kind="agent"}') === 0);
  expect(grown(after, requests("hints", 200))).toBe(0);
});

test("it is Prometheus' format by its conventions, and every metric is explained", async () => {
  const promtool = await ensurePromtool(() => undefined);
  const { text, kinds } = await metrics();
  const said = await new Promise((resolve) => {
    const child = execFile(promtool, ["check", "metrics"], (error, stdout, stderr) =>
      resolve({ ok: error === null, said: stdout + stderr }),
    );
    child.stdin?.end(text);
  });
  expect(said).toEqual({ ok: true, said: "" });
  const operations = readFileSync(new URL("docs/operations.md", import.meta.url), "utf8");
  const own = [...kinds.keys()].filter((name) => name.startsWith("plumbline_"));
  expect(own.length).toBeGreaterThan(12);
  expect(own.filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
});

test("a database that does not answer is said, and no old numbers with it", async () => {
  await closeDatabase();
  setEnv({ ...database.env, DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" });
  const port = await openMetricsPort({ port: 0, host: "127.0.0.1", version: "0", roles: [] });
  try {
    const { series, text } = await scrape(port.port);
    expect(series.get("plumbline_database_reachable")).toBe(0);
    expect(text).not.toMatch(/^plumbline_(environments|agents|webhooks_waiting|alert_delivery\w+)[ {]/m);
    expect(series.has('plumbline_streams_open{kind="agent"}')).toBe(true);
  } finally {
    await port.close();
    await closeDatabase();
    setEnv(database.env);
  }
});
