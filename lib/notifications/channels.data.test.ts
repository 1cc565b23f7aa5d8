import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMute, liftMute, listMutes } from "../alerts/mutes.ts";
import { getAlertPolicy, setAlertPolicy } from "../alerts/policy.ts";
import { DEFAULT_POLICY, SetAlertPolicyInput } from "../alerts/schemas.ts";
import { listAudit } from "../audit/list-audit.ts";
import type { Context } from "../auth/context.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { makeEnvironment, makeTenant } from "../testing/tenant.ts";
import { createChannel } from "./create-channel.ts";
import { deleteChannel } from "./delete-channel.ts";
import { listChannels } from "./list-channels.ts";
import { listDeliveries } from "./list-deliveries.ts";
import { createRule, deleteRule, listRules } from "./rule-verbs.ts";
import { testChannel } from "./test-channel.ts";
import { updateChannel } from "./update-channel.ts";

let database: TestDatabase;
let ctx: Context;
let place: Awaited<ReturnType<typeof makeEnvironment>>;
beforeAll(async () => {
  database = await openTestDatabase({
    SMTP_URL: "smtp://mail.example.com",
    SMTP_FROM: "alerts@example.com",
    PLUMBLINE_ALLOW_PRIVATE_ADDRESSES: "127.0.0.0/8",
  });
  ({ ctx } = await makeTenant("Channels"));
  place = await makeEnvironment(ctx, "eu-1");
});
afterAll(() => database.close());

const canary = "canary-7f3a";
const hook = (name: string) =>
  ({ kind: "slack-webhook", name, url: `https://hooks.slack.com/services/${canary}` }) as const;
const code = (code: string) => expect.objectContaining({ code });
const as = (role: Context["role"]): Context => ({ ...ctx, role });

describe("a channel", () => {
  test("shows where it leads, and never its secret: not in answers, not in the table, not in the audit log", async () => {
    const made = await createChannel({ ctx, input: hook("Slack") });
    await createChannel({
      ctx,
      input: { kind: "slack-bot", name: "Bot", channel: "#alerts", token: `xoxb-${canary}` },
    });
    await createChannel({
      ctx,
      input: { kind: "email", name: "Mail", recipients: ["a@example.com", "b@example.com"] },
    });
    await updateChannel({
      ctx,
      input: { id: made.channel.id, url: `https://hooks.slack.com/services/${canary}2` },
    });
    await testChannel({ ctx, input: { id: made.channel.id } });
    const listed = await listChannels({ ctx });
    expect(listed.channels.map(({ name, target }) => [name, target])).toEqual([
      ["Bot", "#alerts"],
      ["Mail", "a@example.com and 1 more"],
      ["Slack", "hooks.slack.com"],
    ]);
    const stored = await database.owner.query(
      "select encode(secret_encrypted, 'escape') as text, * from notification_channels",
    );
    const log = await listAudit({ ctx });
    const everything = JSON.stringify([made, listed, stored.rows, log, await listDeliveries({ ctx })]);
    expect(everything).not.toContain(canary);
    const actions = log.events.map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(["channel.created", "channel.changed", "channel.tested"]));
  });

  test("of webhooks gets a signing secret, which is answered once", async () => {
    const url = "https://hooks.example.com/alerts";
    const made = await createChannel({ ctx, input: { kind: "webhook", name: "Made", url } });
    expect(made.signingSecret).toMatch(/^whsec_/);
    const signingSecret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    const given = await createChannel({ ctx, input: { kind: "webhook", name: "Given", url, signingSecret } });
    expect(given.signingSecret).toBeNull();
    expect(JSON.stringify(await listChannels({ ctx }))).not.toContain("whsec_");
  });

  test("keeps what is not changed, its secret too", async () => {
    const { channel } = await createChannel({
      ctx,
      input: { kind: "email", name: "Team", recipients: ["a@example.com"] },
    });
    const changed = await updateChannel({ ctx, input: { id: channel.id, name: "The team" } });
    expect(changed).toMatchObject({ name: "The team", recipients: ["a@example.com"], disabledAt: null });
    expect(await updateChannel({ ctx, input: { id: channel.id, disabled: true } })).toMatchObject({
      disabledAt: expect.any(String),
    });
    expect(await updateChannel({ ctx, input: { id: channel.id, disabled: false } })).toMatchObject({
      disabledAt: null,
    });
    await expect(updateChannel({ ctx, input: { id: channel.id, recipients: ["nobody"] } })).rejects.toThrow(
      /e-mail/,
    );
    await expect(updateChannel({ ctx, input: { id: channel.id, name: "Slack" } })).rejects.toEqual(
      code("conflict"),
    );
  });

  test("goes with its rules", async () => {
    const { channel } = await createChannel({ ctx, input: hook("Gone") });
    await createRule({ ctx, input: { channelId: channel.id, environmentId: place.id, kinds: ["diff"] } });
    await deleteChannel({ ctx, input: { id: channel.id } });
    expect((await listRules({ ctx })).rules.filter((rule) => rule.channel.id === channel.id)).toEqual([]);
    await expect(deleteChannel({ ctx, input: { id: channel.id } })).rejects.toEqual(code("not-found"));
  });

  test("of one organization is none of another's business", async () => {
    const { channel } = await createChannel({ ctx, input: hook("Ours") });
    const other = (await makeTenant("Strangers")).ctx;
    expect((await listChannels({ ctx: other })).channels).toEqual([]);
    const input = { id: channel.id };
    for (const verb of [testChannel, deleteChannel, updateChannel])
      await expect(verb({ ctx: other, input })).rejects.toEqual(code("not-found"));
    await expect(
      createRule({ ctx: other, input: { channelId: channel.id, environmentId: null, kinds: ["diff"] } }),
    ).rejects.toEqual(code("not-found"));
  });
});

describe("rules", () => {
  test("name their channel and environment, and can be ended", async () => {
    const { channel } = await createChannel({ ctx, input: hook("Ruled") });
    const input = { channelId: channel.id, environmentId: place.id, kinds: ["diff" as const] };
    const rule = await createRule({ ctx, input });
    expect(rule).toMatchObject({
      channel: { name: "Ruled", kind: "slack-webhook" },
      environment: { name: "production", cluster: "eu-1" },
      kinds: ["diff"],
    });
    await deleteRule({ ctx, input: { id: rule.id } });
    expect((await listRules({ ctx })).rules).not.toContainEqual(rule);
  });
});

describe("the policy", () => {
  test("is the environment's own, else the organization's, else the default", async () => {
    const get = (environmentId: string | null) => getAlertPolicy({ ctx, input: { environmentId } });
    expect(await get(place.id)).toEqual({ policy: DEFAULT_POLICY, from: "default", own: null });
    const organization = { ...DEFAULT_POLICY, remindEveryMs: 3_600_000 };
    await setAlertPolicy({ ctx, input: { environmentId: null, policy: organization } });
    expect(await get(place.id)).toEqual({ policy: organization, from: "organization", own: null });
    const own = { ...DEFAULT_POLICY, diffAlertAfterMs: 60_000 };
    for (const _ of [1, 2]) await setAlertPolicy({ ctx, input: { environmentId: place.id, policy: own } });
    expect(await get(place.id)).toEqual({ policy: own, from: "environment", own });
    expect(await get(null)).toMatchObject({ from: "organization" });
    await setAlertPolicy({ ctx, input: { environmentId: place.id, policy: null } });
    expect(await get(place.id)).toMatchObject({ from: "organization" });
  });

  test.each([
    ["diffAlertAfterMs", 0],
    ["remindEveryMs", 1000],
    ["settleMs", -1],
    ["suspendedTooLongMs", 1e12],
    ["diffAlertAfterMs", 1.5],
  ])("takes no %s of %d", (field, value) => {
    expect(SetAlertPolicyInput.safeParse({ policy: { ...DEFAULT_POLICY, [field]: value } }).success).toBe(
      false,
    );
  });
});

describe("a mute", () => {
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

  test("ends by itself within 30 days, or is lifted", async () => {
    const mute = (until: string) =>
      createMute({ ctx: as("operator"), input: { environmentId: place.id, reason: "maintenance", until } });
    await expect(mute(inHours(-1))).rejects.toEqual(code("invalid"));
    await expect(mute(inHours(31 * 24))).rejects.toEqual(code("invalid"));
    const { id } = await mute(inHours(1));
    expect((await listMutes({ ctx })).mutes).toMatchObject([
      { id, reason: "maintenance", environment: { name: "production" } },
    ]);
    await liftMute({ ctx: as("operator"), input: { id } });
    expect((await listMutes({ ctx })).mutes).toEqual([]);
  });
});

test("viewers look, operators mute and test, admins decide where alerts go", async () => {
  const { channel } = await createChannel({ ctx, input: hook("Rights") });
  const { id } = channel;
  const forbidden = code("forbidden");
  const rule = { channelId: id, environmentId: null, kinds: ["diff" as const] };
  const mute = {
    environmentId: null,
    reason: "maintenance",
    until: new Date(Date.now() + 1000).toISOString(),
  };
  await listChannels({ ctx: as("viewer") });
  await expect(createMute({ ctx: as("viewer"), input: mute })).rejects.toEqual(forbidden);
  await expect(testChannel({ ctx: as("viewer"), input: { id } })).rejects.toEqual(forbidden);
  await testChannel({ ctx: as("operator"), input: { id } });
  await expect(createChannel({ ctx: as("operator"), input: hook("No") })).rejects.toEqual(forbidden);
  await expect(updateChannel({ ctx: as("operator"), input: { id } })).rejects.toEqual(forbidden);
  await expect(deleteChannel({ ctx: as("operator"), input: { id } })).rejects.toEqual(forbidden);
  await expect(createRule({ ctx: as("operator"), input: rule })).rejects.toEqual(forbidden);
  await expect(
    setAlertPolicy({ ctx: as("operator"), input: { environmentId: null, policy: null } }),
  ).rejects.toEqual(forbidden);
});

test("a page of the log is asked for with a cursor of ours", async () => {
  for (const after of ["nonsense", "JyBvciAxPTE"])
    await expect(listDeliveries({ ctx, input: { after } })).rejects.toEqual(code("invalid"));
  await expect(listDeliveries({ ctx, input: { status: "lost" } })).rejects.toThrow(
    /pending, delivered, given-up/,
  );
});
