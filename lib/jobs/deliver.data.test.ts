import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { insertAlerts } from "../alerts/raise-alerts.ts";
import type { Context } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import type { Sent } from "../notifications/channels/channel.ts";
import type { Claimed } from "../notifications/claim-delivery.ts";
import { createChannel } from "../notifications/create-channel.ts";
import { listDeliveries } from "../notifications/list-deliveries.ts";
import type { AlertKind } from "../notifications/message.ts";
import { retryDelivery } from "../notifications/retry-delivery.ts";
import { createRule } from "../notifications/rule-verbs.ts";
import { RuleKind } from "../notifications/schemas.ts";
import { testChannel } from "../notifications/test-channel.ts";
import { updateChannel } from "../notifications/update-channel.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { makeEnvironment, makeTenant } from "../testing/tenant.ts";
import { startDeliveries } from "./deliver.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

let ctx: Context;
let place: Awaited<ReturnType<typeof makeEnvironment>>;
let channelId: string;
beforeEach(async () => {
  await database.owner.query("delete from deliveries");
  ({ ctx } = await makeTenant(`Deliveries ${randomUUID()}`));
  place = await makeEnvironment(ctx, "eu-1");
  channelId = await newChannel("On call");
});

async function newChannel(name: string) {
  const url = "https://hooks.example.com/alerts";
  const { channel } = await createChannel({ ctx, input: { kind: "webhook", name, url } });
  await createRule({ ctx, input: { channelId: channel.id, environmentId: null, kinds: RuleKind.options } });
  return channel.id;
}

let second = 0;
function raise(kind: AlertKind, episode: string | null, writeBack = false) {
  const id = randomUUID();
  const at = new Date(Date.now() - 3_600_000 + ++second * 1000).toISOString();
  const none = { since: null, who: null, commitUrl: null, ordinal: 0 };
  const about = {
    cluster: "eu-1",
    environment: "production",
    revision: "abc",
    url: "https://plumb.example/",
  };
  const organization = { slug: "acme", name: "Acme" };
  const message = {
    id,
    kind,
    at,
    organization,
    ...about,
    title: `${kind} ${second}`,
    what: "",
    ...none,
    episode,
  };
  return withOrganization(ctx.organizationId, (tx) =>
    insertAlerts(tx, {
      organizationId: ctx.organizationId,
      environmentId: place.id,
      clusterId: place.clusterId,
      now: new Date(),
      writeBack,
      rows: [{ id, key: id, kind, episode, ordinal: 0, message }],
    }),
  );
}

type Answer = (claimed: Claimed) => Sent | Promise<Sent>;
const fine: Answer = () => ({ ok: true, thread: null });
const away: Answer = () => ({ ok: false, reason: "The receiver does not answer.", retryable: true });

/** A worker whose channels answer as told; `sent` is what they were asked to send. */
function worker(answer: Answer = fine) {
  const sent: Claimed[] = [];
  const deliveries = startDeliveries(async (claimed) => {
    sent.push(claimed);
    return answer(claimed);
  });
  const turn = async () => {
    await deliveries.turn();
    await deliveries.ended();
  };
  return { sent, turn, deliveries };
}
const log = async () => (await listDeliveries({ ctx })).deliveries;
/** As if all waits had passed. */
const hurry = () => database.owner.query("update deliveries set next_at = now() where status = 'pending'");

test("what is due is sent once, however many workers there are", async () => {
  for (let n = 0; n < 5; n++) await raise("agent-silent", null);
  const workers = [worker(), worker(), worker()];
  for (let turn = 0; turn < 4; turn++) await Promise.all(workers.map((one) => one.turn()));
  const ids = workers.flatMap(({ sent }) => sent.map(({ id }) => id));
  expect(ids).toHaveLength(5);
  expect(new Set(ids).size).toBe(5);
  expect(await log()).toMatchObject(
    Array(5).fill({ status: "delivered", attempts: 1, nextAt: null, problem: null }),
  );
});

test("a receiver that is away gets everything once it is back, in order, under the first message of the episode", async () => {
  const episode = randomUUID();
  await raise("diff", episode);
  await raise("diff", episode);
  await raise("converged", episode);
  await raise("diff", randomUUID());
  const down = worker(away);
  for (let turn = 0; turn < 3; turn++) await down.turn();
  // One of each episode, at the same time: which is asked first is not said.
  expect(down.sent.map(({ message }) => message.episode === episode).sort()).toEqual([false, true]);
  const waiting = await log();
  expect(waiting.filter(({ attempts }) => attempts > 0)).toMatchObject(
    Array(2).fill({ status: "pending", attempts: 1, problem: "The receiver does not answer." }),
  );
  await hurry();
  const up = worker(({ message }) => ({ ok: true, thread: `thread of ${message.title}` }));
  for (let turn = 0; turn < 5; turn++) await up.turn();
  const ours = up.sent.filter(({ message }) => message.episode === episode);
  expect(ours.map(({ message }) => message.kind)).toEqual(["diff", "diff", "converged"]);
  const [first, ...others] = ours;
  expect(first!.thread).toBeNull();
  expect(others.map(({ thread }) => thread)).toEqual(Array(2).fill(`thread of ${first!.message.title}`));
  expect((await log()).every(({ status }) => status === "delivered")).toBe(true);
});

test("a channel that hangs does not hold up the others", async () => {
  const hung = channelId;
  channelId = await newChannel("Other");
  for (let n = 0; n < 20; n++) await raise("agent-silent", null);
  let release = () => {};
  const never = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { sent, deliveries } = worker(async ({ channel }) => {
    if (channel!.id === hung) await never;
    return { ok: true, thread: null };
  });
  await expect
    .poll(async () => {
      await deliveries.turn();
      return sent.filter(({ channel }) => channel!.id === channelId).length;
    })
    .toBe(20);
  release();
  await deliveries.ended();
});

test("a worker that dies after sending, and before writing it down, sends it once more with the same id", async () => {
  await raise("agent-silent", null);
  const dying = worker(() => new Promise<Sent>(() => {}));
  await dying.deliveries.turn();
  await expect.poll(() => dying.sent.length).toBe(1);
  const next = worker();
  await next.turn();
  expect(next.sent).toEqual([]);
  await hurry();
  await next.turn();
  expect(next.sent.map(({ message }) => message.id)).toEqual(dying.sent.map(({ message }) => message.id));
  expect(await log()).toMatchObject([{ status: "delivered", attempts: 2 }]);
});

test("what is refused for good is given up with its reason, and is tried again when a person says so", async () => {
  await raise("agent-silent", null);
  const refusing = worker(() => ({
    ok: false,
    reason: "Slack knows no channel #ops; invite the app.",
    retryable: false,
  }));
  await refusing.turn();
  const [given] = await log();
  expect(given).toMatchObject({
    status: "given-up",
    nextAt: null,
    problem: "Slack knows no channel #ops; invite the app.",
  });
  await retryDelivery({ ctx, input: { id: given!.id } });
  await worker().turn();
  expect(await log()).toMatchObject([{ status: "delivered", attempts: 2, problem: null }]);
  await expect(retryDelivery({ ctx, input: { id: given!.id } })).rejects.toMatchObject({ code: "conflict" });
});

test("what has been tried for a day is given up", async () => {
  await raise("agent-silent", null);
  await database.owner.query("update deliveries set created_at = now() - interval '24 hours'");
  await worker(away).turn();
  expect(await log()).toMatchObject([{ status: "given-up", problem: "The receiver does not answer." }]);
});

test("a receiver is asked no sooner than it says", async () => {
  await raise("agent-silent", null);
  await worker(() => ({ ok: false, reason: "Too many.", retryable: true, retryAfterMs: 600_000 })).turn();
  const [one] = await log();
  expect(Date.parse(one!.nextAt!)).toBeGreaterThan(Date.now() + 590_000);
});

test("an environment's commit statuses are written in order", async () => {
  await updateChannel({ ctx, input: { id: channelId, disabled: true } });
  await raise("change-committed", null, true);
  await raise("diff", randomUUID(), true);
  await raise("converged", randomUUID(), true);
  await worker(away).turn();
  await hurry();
  const { sent, turn } = worker();
  for (let n = 0; n < 5; n++) await turn();
  expect(sent.map(({ message, channel }) => [message.kind, channel])).toEqual([
    ["change-committed", null],
    ["diff", null],
    ["converged", null],
  ]);
});

test("a test goes the way of every alert, and a disabled channel takes none", async () => {
  const asked = await testChannel({ ctx, input: { id: channelId } });
  expect(asked).toMatchObject({ status: "pending", alert: { kind: "test" }, channel: { name: "On call" } });
  const { sent, turn } = worker();
  await turn();
  expect(sent).toMatchObject([{ message: { kind: "test", what: expect.stringContaining("On call") } }]);
  await testChannel({ ctx, input: { id: channelId } });
  await updateChannel({ ctx, input: { id: channelId, disabled: true } });
  await turn();
  expect(sent).toHaveLength(1);
  expect((await log())[0]).toMatchObject({
    status: "given-up",
    problem: expect.stringContaining("disabled"),
  });
  await expect(testChannel({ ctx, input: { id: channelId } })).rejects.toMatchObject({ code: "conflict" });
});
