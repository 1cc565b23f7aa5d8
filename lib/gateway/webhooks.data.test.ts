import { createHmac, randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import examples from "@octokit/webhooks-examples" with { type: "json" };
import { Pool } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { handleWebhook } from "../jobs/handle-webhook.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { forgeries } from "../testing/forgeries.ts";
import { makeEnvironment, makeTenant } from "../testing/tenant.ts";
import { answerGateway } from "./gateway.ts";
import type { Streams } from "./streams.ts";

const path = "/api/webhooks/github";
let database: TestDatabase;
let server: Server;
let pool: Pool;
/** What ended an answer in any other way than being sent. */
const crashes: unknown[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  server = createServer((request, response) => {
    answerGateway(request, response, {} as Streams).catch((error) => {
      crashes.push(error);
      response.destroy();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 16 });
  process.on("unhandledRejection", (error) => crashes.push(error));
});
afterAll(async () => {
  await pool.close();
  await new Promise((done) => server.close(done));
  await database.close();
});

const sign = (body: string | Buffer, secret = database.env.GITHUB_WEBHOOK_SECRET!) =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

async function send(body: string | Buffer, headers: Record<string, string>, method = "POST") {
  const answer = await pool.request({ path, method, body, headers });
  const said = (await answer.body.json()) as { ok: boolean; data?: { status: string } };
  return { status: answer.statusCode, result: said.data?.status ?? null };
}

const deliver = (event: string, body: string, id: string = randomUUID()) =>
  send(body, {
    "content-type": "application/json",
    "x-github-event": event,
    "x-github-delivery": id,
    "x-hub-signature-256": sign(body),
  });

/** All that a webhook could have changed. */
async function effects() {
  const { rows } = await database.owner.query(`
    select (select count(*)::int from webhook_deliveries) as deliveries,
      (select count(*)::int from pgboss.job where name = 'handle-webhook') as jobs`);
  return rows[0] as { deliveries: number; jobs: number };
}

type Example = { event: string; body: string };
const all: Example[] = (
  examples as unknown as { name: string; examples: Record<string, unknown>[] }[]
).flatMap(({ name, examples: bodies }) =>
  bodies.map((body) => ({ event: name, body: JSON.stringify(body) })),
);

test("each of GitHub's own examples is taken, and counts once, whatever delivery id a replay carries", async () => {
  expect(all.length).toBeGreaterThan(300);
  const sent: (Example & { id: string })[] = [];
  let accepted = 0;
  for (const { event, body } of all) {
    const id = randomUUID();
    const { status, result } = await deliver(event, body, id);
    expect({ event, status }).toEqual({ event, status: 202 });
    if (!["push", "pull_request", "installation", "installation_repositories"].includes(event))
      expect({ event, result }).toEqual({ event, result: "ignored" });
    else accepted += result === "accepted" ? 1 : 0;
    sent.push({ event, body, id });
  }
  expect(accepted).toBeGreaterThan(5);
  const before = await effects();
  expect(before).toEqual({ deliveries: accepted, jobs: accepted });
  for (const { event, body, id } of sent)
    for (const again of [id, randomUUID()]) {
      const { result } = await deliver(event, body, again);
      expect(["duplicate", "ignored"]).toContain(result);
    }
  expect(await effects()).toEqual(before);
  const { rows } = await database.owner.query<{ id: string }>("select id from webhook_deliveries");
  for (const { id } of rows) await handleWebhook({ deliveryId: id });
  const left = await database.owner.query("select from webhook_deliveries where handled_at is null");
  expect(left.rowCount).toBe(0);
});

test("a signed push asks the agents of its repository to look, once", async () => {
  const { ctx } = await makeTenant("Pushed");
  await makeEnvironment(ctx, "main", "production", {
    repository: "https://github.com/Codertocat/Hello-World.git",
  });
  const heard: string[] = [];
  database.app.on("notification", ({ payload }) => heard.push(payload ?? ""));
  await database.app.query("listen plumbline");
  const push = JSON.parse(
    all.find(({ event, body }) => event === "push" && body.includes('"refs/heads/'))?.body ??
      all.find(({ event }) => event === "push")!.body,
  );
  const body = JSON.stringify({
    ...push,
    ref: "refs/heads/main",
    repository: {
      ...push.repository,
      full_name: "Codertocat/Hello-World",
      html_url: "https://github.com/Codertocat/Hello-World",
    },
  });
  const id = randomUUID();
  expect(await deliver("push", body, id)).toEqual({ status: 202, result: "accepted" });
  await handleWebhook({ deliveryId: id });
  await handleWebhook({ deliveryId: id });
  expect(await deliver("push", body)).toEqual({ status: 202, result: "duplicate" });
  await database.app.query("select pg_notify('plumbline', 'end')");
  await expect.poll(() => heard.includes("end")).toBe(true);
  expect(heard.filter((one) => one.includes('"reason":"push"'))).toHaveLength(1);
});

test("100,000 malformed and forged bodies crash nothing and change nothing", async () => {
  const before = await effects();
  const statuses = new Map<number, number>();
  const wrong: string[] = [];
  const source = forgeries({ seed: 20_261_120, count: 100_000, examples: all, sign, ids: ["known"] });
  const sender = async () => {
    for (const forgery of source) {
      // Refused before all of it was read, a connection is closed under whoever still writes.
      const { status } = await send(forgery.body, forgery.headers, forgery.method).catch((error) => {
        if (forgery.body.length > 60_000) return { status: 0 };
        throw error;
      });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (!forgery.expected.includes(status) && status !== 0) wrong.push(`${forgery.kind}: ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 12 }, sender));
  expect(wrong).toEqual([]);
  expect(crashes).toEqual([]);
  expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(100_000);
  expect(statuses.get(401)).toBeGreaterThan(50_000);
  expect(await effects()).toEqual(before);
}, 600_000);
