import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Context } from "../auth/context.ts";
import { getEnvironment } from "../environments/get-environment.ts";
import { tick } from "../jobs/clock.ts";
import { createChannel } from "../notifications/create-channel.ts";
import { listDeliveries } from "../notifications/list-deliveries.ts";
import { createRule } from "../notifications/rule-verbs.ts";
import { RuleKind } from "../notifications/schemas.ts";
import { updateChannel } from "../notifications/update-channel.ts";
import type { Report } from "../protocol/report.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { commit, drifted, makeEnvironment, makeTenant, report, resource, sync } from "../testing/tenant.ts";
import { listAlerts } from "./list-alerts.ts";
import { createMute, liftMute } from "./mutes.ts";
import { setAlertPolicy } from "./policy.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const minute = 60_000;
/** An hour ago: everything happens in the past, told and judged by instants of its own. */
const start = Date.now() - 10 * 3_600_000;
const at = (minutes: number) => new Date(start + minutes * minute);

let ctx: Context;
let place: Awaited<ReturnType<typeof makeEnvironment>>;
let channelId: string;
let tell: (minutes: number, over?: Partial<Report>, heard?: number) => Promise<void>;

beforeEach(async () => {
  ({ ctx } = await makeTenant(`Alerts ${randomUUID()}`));
  place = await makeEnvironment(ctx, "eu-1");
  const url = "https://hooks.example.com/alerts";
  const { channel } = await createChannel({ ctx, input: { kind: "webhook", name: "On call", url } });
  channelId = channel.id;
  await createRule({ ctx, input: { channelId, environmentId: null, kinds: RuleKind.options } });
  const stream = randomUUID();
  let sequence = 0;
  tell = async (minutes, over = {}, heard = minutes) => {
    sequence += 1;
    const sent = report(place.name, stream, sequence, { observedAt: at(minutes).toISOString(), ...over });
    const { result } = await place.send(sent, at(heard));
    expect(result.status).toBe("accepted");
    // The cluster is heard with each report.
    await database.owner.query("update clusters set last_seen_at = $1 where id = $2", [
      at(heard),
      place.clusterId,
    ]);
  };
});

const differing = () => ({ resources: [drifted("quotes")] });
async function alerts() {
  const { alerts } = await listAlerts({ ctx });
  return alerts
    .map(({ kind, at: time, ordinal }) => [kind, (Date.parse(time) - start) / minute, ordinal])
    .toReversed();
}
const deliveries = async () =>
  (await listDeliveries({ ctx })).deliveries.map(({ alert }) => alert.kind).toReversed();

test("an episode that is told as it happens raises what is promised, at the promised instants", async () => {
  await setAlertPolicy({
    ctx,
    input: {
      environmentId: place.id,
      policy: {
        diffAlertAfterMs: 30 * minute,
        remindEveryMs: 60 * minute,
        settleMs: 30_000,
        suspendedTooLongMs: 24 * 60 * minute,
      },
    },
  });
  await tell(0);
  await tell(1, differing());
  await tick(at(1.5));
  expect(await alerts()).toEqual([]);
  for (let heartbeat = 15; heartbeat <= 105; heartbeat += 15) {
    await tell(heartbeat, { ...differing() });
    await tick(at(heartbeat + 0.2));
    await tick(at(heartbeat + 0.3));
  }
  await tell(110);
  await tick(at(110.4));
  await tell(110.6);
  await tick(at(110.7));
  expect(await alerts()).toEqual([
    ["diff", 31, 0],
    ["diff", 91, 1],
    ["converged", 110.5, 0],
  ]);
  expect(await deliveries()).toHaveLength(3);
  const {
    alerts: [converged, , first],
  } = await listAlerts({ ctx });
  expect(first).toMatchObject({
    title: "production on eu-1 has differed from Git for 30 min",
    what: "Deployment/quotes replicas 6 → 2, by kubectl edit",
    who: "kubectl edit",
    cluster: "eu-1",
    environment: { name: "production", cluster: "eu-1" },
    commitUrl: expect.stringContaining("https://github.com/acme/shop/commit/"),
    deliveries: { pending: 1, delivered: 0, givenUp: 0 },
  });
  expect(converged!.episode).toBe(first!.episode);
});

test("the clock alone raises what is due while the agent says nothing new", async () => {
  await tell(0);
  await tell(1, differing());
  // Heartbeats: still the same.
  await database.owner.query("update environments set observed_at = $1, reported_at = $1 where id = $2", [
    at(30.9),
    place.id,
  ]);
  await database.owner.query("update clusters set last_seen_at = $1 where id = $2", [
    at(30.9),
    place.clusterId,
  ]);
  await tick(at(30.95));
  expect(await alerts()).toEqual([]);
  await tick(at(31.1));
  await tick(at(31.2));
  expect(await alerts()).toEqual([["diff", 31, 0]]);
});

test("what happened while we were away is told with its true times, and nothing that did not happen", async () => {
  await tell(0);
  await tell(1, differing());
  // Away until 200; the clock comes back before the agent's queue does.
  await tick(at(200));
  expect((await alerts()).filter(([kind]) => kind === "diff")).toEqual([]);
  await tell(10, {}, 200);
  await tell(60, differing(), 200);
  await tell(100, {}, 200);
  await tell(199.9, {}, 200);
  await tick(at(200.1));
  expect((await alerts()).filter(([kind]) => kind !== "agent-silent")).toEqual([
    ["converged", 10.5, 0],
    ["diff", 90, 0],
    ["converged", 100.5, 0],
  ]);
});

test("a commit is told at once, and again once it has converged", async () => {
  await tell(0);
  const next = commit("second");
  await tell(5, { head: next, comparedRevision: commit("first").revision });
  expect(await alerts()).toEqual([["change-committed", 5, 0]]);
  await tell(6, { head: next });
  await tell(7, { head: next });
  expect(await alerts()).toEqual([
    ["change-committed", 5, 0],
    ["converged", 6.5, 0],
  ]);
  const {
    alerts: [converged, change],
  } = await listAlerts({ ctx });
  expect(change).toMatchObject({ what: "second", who: "Ada", revision: next.revision });
  expect(converged).toMatchObject({ revision: next.revision });
});

test("a failure is told once for its reason, be it a problem or a sync, also where a report's state is not taken", async () => {
  await tell(0);
  const problem = (minutes: number) => ({
    stage: "apply" as const,
    reason: "Forbidden",
    message: "The service account may not write Deployment/quotes.",
    since: at(minutes).toISOString(),
    retryable: true,
  });
  for (const minutes of [1, 2, 3])
    await tell(minutes, { problem: problem(minutes), syncs: [sync(commit("first"), { outcome: "failed" })] });
  expect(await alerts()).toEqual([["failed", 1, 0]]);
  await tell(10);
  await tell(11);
  const late = sync(commit("first"), {
    outcome: "failed",
    message: "Deployment/orders is not healthy in time.",
    finishedAt: at(12).toISOString(),
  });
  const unfit = report(place.name, randomUUID(), 9, { base: 8, syncs: [late] });
  for (const _ of [1, 2]) expect((await place.send(unfit, at(13))).result.status).toBe("resend");
  expect(await alerts()).toEqual([
    ["failed", 1, 0],
    ["converged", 10.5, 0],
    ["failed", 12, 0],
  ]);
});

test("a silent agent is told of once for each silence, with how many environments it concerns", async () => {
  await tell(0);
  await tick(at(0.7));
  expect(await alerts()).toEqual([]);
  for (const minutes of [1, 2, 3]) await tick(at(minutes));
  expect(await alerts()).toEqual([["agent-silent", 0.75, 0]]);
  const {
    alerts: [silent],
  } = await listAlerts({ ctx });
  expect(silent!.what).toContain("1 environment is not known: production");
  await database.owner.query("update clusters set silent = false where id = $1", [place.clusterId]);
  await tell(10);
  await tick(at(12));
  expect(await alerts()).toEqual([
    ["agent-silent", 0.75, 0],
    ["agent-silent", 10.75, 0],
  ]);
  expect(await deliveries()).toEqual(["agent-silent", "agent-silent"]);
});

test("a suspension that lasts too long is told of, and a difference under it is not", async () => {
  await setAlertPolicy({
    ctx,
    input: {
      environmentId: null,
      policy: {
        diffAlertAfterMs: 30 * minute,
        remindEveryMs: null,
        settleMs: 30_000,
        suspendedTooLongMs: 120 * minute,
      },
    },
  });
  await tell(0, differing());
  const suspended = { reason: "incident 7", owner: "Ada", until: null, by: "person" as const };
  for (const minutes of [1, 60, 120, 122, 180]) {
    await tell(minutes, { ...differing(), suspended });
    await tick(at(minutes + 0.1));
  }
  expect(await alerts()).toEqual([["suspended-too-long", 121, 0]]);
  const {
    alerts: [told],
  } = await listAlerts({ ctx });
  expect(told).toMatchObject({ title: "production on eu-1 has been suspended for 2 h", who: "Ada" });
});

test("what is muted is written down and not sent", async () => {
  const until = new Date(Date.now() + minute).toISOString();
  const mute = await createMute({ ctx, input: { environmentId: place.id, reason: "maintenance", until } });
  await tell(0);
  await tell(1, { head: commit("second") });
  const muted = await listAlerts({ ctx });
  expect(muted.alerts).toMatchObject([{ kind: "change-committed", muted: true }]);
  await liftMute({ ctx, input: { id: mute.id } });
  expect(await deliveries()).toEqual([]);
  await database.owner.query("delete from mutes");
  await tell(2, { head: commit("third") });
  await tell(3, { head: commit("third") });
  // The second commit's convergence came after the mute.
  expect((await deliveries()).toSorted()).toEqual(["change-committed", "converged", "converged"]);
});

test("a channel that is disabled gets nothing, and one whose rules ask for other environments neither", async () => {
  const url = "https://hooks.example.com/other";
  const { channel: other } = await createChannel({ ctx, input: { kind: "webhook", name: "Other", url } });
  const elsewhere = await makeEnvironment(ctx, "us-1");
  await createRule({
    ctx,
    input: { channelId: other.id, environmentId: elsewhere.id, kinds: ["change-committed"] },
  });
  await updateChannel({ ctx, input: { id: channelId, disabled: true } });
  await tell(0);
  await tell(1, { head: commit("second") });
  expect(await alerts()).toEqual([["change-committed", 1, 0]]);
  expect(await deliveries()).toEqual([]);
});

test("a channel that several rules name gets an alert once", async () => {
  await createRule({ ctx, input: { channelId, environmentId: place.id, kinds: ["change-committed"] } });
  await tell(0);
  await tell(1, { head: commit("second") });
  expect(await deliveries()).toEqual(["change-committed"]);
});

test("a shorter wait holds for what lasts already", async () => {
  await tell(0, differing());
  await tell(10, differing());
  await setAlertPolicy({
    ctx,
    input: {
      environmentId: null,
      policy: {
        diffAlertAfterMs: 5 * minute,
        remindEveryMs: null,
        settleMs: 0,
        suspendedTooLongMs: 120 * minute,
      },
    },
  });
  await tick(new Date());
  expect((await alerts()).filter(([kind]) => kind === "diff")).toEqual([["diff", 5, 0]]);
});

test("alerts are ticks on the plumb line", async () => {
  const now = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
  await tell(0);
  await tell(0, { observedAt: now(3), ...differing() }, 600);
  await tell(
    0,
    {
      observedAt: now(2),
      resources: [resource("quotes")],
      problem: { stage: "apply", reason: "Forbidden", message: "No.", since: now(2), retryable: true },
    },
    600,
  );
  const { marks } = await getEnvironment({ ctx, input: { id: place.id } });
  expect(marks.filter(({ kind }) => kind === "alert")).toMatchObject([
    { label: expect.stringContaining("could not take") },
  ]);
});
