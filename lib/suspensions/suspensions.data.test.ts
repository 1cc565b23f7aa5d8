import { afterAll, beforeAll, expect, test } from "vitest";
import { listAudit } from "../audit/list-audit.ts";
import type { Context } from "../auth/context.ts";
import { env } from "../env.ts";
import { getEnvironment } from "../environments/get-environment.ts";
import { Listener } from "../events.ts";
import { tick } from "../jobs/clock.ts";
import { Suspensions } from "../protocol/hint.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { makeEnvironment, makeTenant } from "../testing/tenant.ts";
import { listSuspensions } from "./list-suspensions.ts";
import { resumeEnvironment } from "./resume-environment.ts";
import { SuspendInput } from "./schemas.ts";
import { suspendEnvironment } from "./suspend-environment.ts";

let database: TestDatabase;
let ctx: Context;
beforeAll(async () => {
  database = await openTestDatabase();
  ({ ctx } = await makeTenant("Suspensions"));
});
afterAll(() => database.close());

const hour = 3_600_000;
const later = (ms: number) => new Date(Date.now() + ms).toISOString();
const suspend = (id: string, over: Partial<SuspendInput> = {}, as = ctx) =>
  suspendEnvironment({ ctx: as, input: { id, reason: "incident 7", until: later(hour), ...over } });

test("a suspension is told to its cluster alone, in every process, and stands in the audit log", async () => {
  const [mine, other] = [await makeEnvironment(ctx, "told"), await makeEnvironment(ctx, "untold")];
  const listener = new Listener(env().DATABASE_URL);
  await listener.start();
  const heard: string[] = [];
  listener.on("suspensions", (clusterId) => heard.push(clusterId));
  const until = later(hour);
  await suspend(mine.id, { until });
  await expect.poll(() => heard).toEqual([mine.clusterId]);
  const { suspensions } = Suspensions.parse(await listSuspensions(mine.agent));
  expect(suspensions).toEqual([
    { environment: mine.name, reason: "incident 7", owner: ctx.actor.name, until },
  ]);
  expect(await listSuspensions(other.agent)).toEqual({ suspensions: [] });
  expect(await getEnvironment({ ctx, input: { id: mine.id } })).toMatchObject({
    suspended: null,
    suspension: { reason: "incident 7", owner: ctx.actor.name, until },
  });

  await resumeEnvironment({ ctx, input: { id: mine.id, reason: "all is well" } });
  await expect.poll(() => heard).toEqual([mine.clusterId, mine.clusterId]);
  await listener.stop();
  expect(await listSuspensions(mine.agent)).toEqual({ suspensions: [] });
  const { events } = await listAudit({ ctx });
  expect(events.slice(0, 2).map(({ action, details }) => [action, details.reason])).toEqual([
    ["environment.resumed", "all is well"],
    ["environment.suspended", "incident 7"],
  ]);
  await expect(resumeEnvironment({ ctx, input: { id: mine.id, reason: "" } })).rejects.toMatchObject({
    code: "conflict",
  });
});

test("suspending again replaces the reason and the end", async () => {
  const { id, agent } = await makeEnvironment(ctx, "again");
  await suspend(id);
  const until = later(2 * hour);
  await suspend(id, { reason: "still incident 7", until });
  expect((await listSuspensions(agent)).suspensions).toMatchObject([{ reason: "still incident 7", until }]);
});

test.each([
  ["is only observed", { mode: "observe" as const }, {}, "only observed"],
  ["refuses it in its declaration", { remoteSuspend: false }, {}, "remoteSuspend"],
  ["would be suspended for too long", {}, { until: later(31 * 24 * hour) }, "30 days"],
  ["would be suspended until the past", {}, { until: later(-1000) }, "future"],
])("an environment that %s is not suspended", async (name, declared, over, sentence) => {
  const { id, agent } = await makeEnvironment(ctx, name, "production", declared);
  await expect(suspend(id, over)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(sentence),
  });
  expect(await listSuspensions(agent)).toEqual({ suspensions: [] });
});

test("it needs an operator, a reason and an end, and an environment of one's own", async () => {
  const { id } = await makeEnvironment(ctx, "rights");
  await expect(suspend(id, {}, { ...ctx, role: "viewer" })).rejects.toMatchObject({ code: "forbidden" });
  const stranger = await makeTenant("Strangers");
  await expect(suspend(id, {}, stranger.ctx)).rejects.toMatchObject({ code: "not-found" });
  expect(SuspendInput.safeParse({ reason: " ", until: later(hour) }).success).toBe(false);
  expect(SuspendInput.safeParse({ reason: "incident 7" }).success).toBe(false);
});

test("one that has ended is told no longer, and the clock forgets it", async () => {
  const { id, agent } = await makeEnvironment(ctx, "ended");
  await suspend(id);
  const passed = new Date(Date.now() + hour + 1000);
  expect(await listSuspensions(agent, passed)).toEqual({ suspensions: [] });
  await tick(passed);
  expect(await getEnvironment({ ctx, input: { id } })).toMatchObject({ suspension: null });
});
