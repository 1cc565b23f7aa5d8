import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { enterSession } from "../clusters/enter-session.ts";
import { getCluster } from "../clusters/list-clusters.ts";
import { withOrganization } from "../db.ts";
import { getEnvironment } from "../environments/get-environment.ts";
import { listenFrom } from "../environments/known-until.ts";
import { PROGRESS_DEADLINE_MS } from "../protocol/state.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { drifted, makeEnvironment, makeTenant, report, resource } from "../testing/tenant.ts";
import { startClock, tick } from "./clock.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
afterEach(() => {
  vi.useRealTimers();
  listenFrom(new Date(0));
});

const later = (ms: number) => new Date(Date.now() + ms);

test("an agent that has been silent for three intervals is no longer believed, and is again once it speaks", async () => {
  const { ctx } = await makeTenant("Silence");
  const { agent, clusterId, id, session, name, send } = await makeEnvironment(ctx, "main");
  await send(report(name, randomUUID(), 1, { resources: [drifted("quotes")] }));
  const seen = () => getEnvironment({ ctx, input: { id } });
  await tick(later(40_000));
  expect(await seen()).toMatchObject({ state: "Diverged" });
  await tick(later(50_000));
  expect(await seen()).toMatchObject({ state: "Unknown", reason: expect.stringContaining("silent") });
  expect(await getCluster({ ctx, input: { id: clusterId } })).toMatchObject({ status: "silent" });
  await enterSession({ agent, session });
  expect(await seen()).toMatchObject({ state: "Diverged", causes: ["drift"] });
  expect(await getCluster({ ctx, input: { id: clusterId } })).toMatchObject({ status: "connected" });
  const episodes = await withOrganization(ctx.organizationId, (tx) =>
    tx.divergence.findMany({ where: { environmentId: id } }),
  );
  expect(episodes).toMatchObject([{ endedAt: null, causes: ["drift"] }]);
});

test("objects that progress past the deadline count as diverged, in the same episode", async () => {
  const { ctx } = await makeTenant("Deadline");
  const { id, agent, name, send } = await makeEnvironment(ctx, "main");
  const movingSince = new Date().toISOString();
  await send(
    report(name, randomUUID(), 1, {
      resources: [resource("quotes", { health: "Progressing" })],
      movingSince,
    }),
  );
  const seen = () => getEnvironment({ ctx, input: { id } });
  expect(await seen()).toMatchObject({ state: "Converging" });
  const passed = later(PROGRESS_DEADLINE_MS + 1000);
  await database.owner.query("update clusters set last_seen_at = $1 where id = $2", [
    passed,
    agent.clusterId,
  ]);
  await tick(passed);
  expect(await seen()).toMatchObject({
    state: "Diverged",
    causes: ["unhealthy"],
    since: passed.toISOString(),
  });
  const episodes = await withOrganization(ctx.organizationId, (tx) =>
    tx.divergence.findMany({ where: { environmentId: id } }),
  );
  expect(episodes).toMatchObject([{ endedAt: null, causes: ["unhealthy"] }]);
});

test("a suspension ends by itself", async () => {
  const { ctx } = await makeTenant("Suspension");
  const { id, agent, name, send } = await makeEnvironment(ctx, "main");
  const until = later(60_000);
  const suspended = {
    reason: "incident 7",
    owner: "Ada",
    until: until.toISOString(),
    by: "declaration" as const,
  };
  await send(report(name, randomUUID(), 1, { resources: [drifted("quotes")], suspended }));
  const seen = () => getEnvironment({ ctx, input: { id } });
  expect(await seen()).toMatchObject({ state: "Suspended" });
  await database.owner.query("update clusters set last_seen_at = $1 where id = $2", [until, agent.clusterId]);
  await tick(new Date(until.getTime() + 1));
  expect(await seen()).toMatchObject({ state: "Diverged" });
});

test("after a start, or a pause, agents are given three intervals to be heard before they count as silent", async () => {
  const { ctx } = await makeTenant("Restart");
  const { clusterId, name, send } = await makeEnvironment(ctx, "main");
  await send(report(name, randomUUID(), 1));
  const status = async () => (await getCluster({ ctx, input: { id: clusterId } })).status;
  const begun = Date.now();
  vi.useFakeTimers({ toFake: ["Date"] });
  const after = async (seconds: number, turn: () => Promise<void>) => {
    vi.setSystemTime(begun + seconds * 1000);
    await turn();
    return status();
  };
  const first = startClock();
  expect(await after(600, first)).toBe("connected");
  expect(await after(630, first)).toBe("connected");
  // The machine slept.
  expect(await after(900, first)).toBe("connected");
  expect(await after(944, first)).toBe("connected");
  expect(await after(946, first)).toBe("silent");
});
