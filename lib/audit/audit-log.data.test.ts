import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashPassword } from "../auth/passwords.ts";
import { recordSignIn } from "../auth/record-sign-in.ts";
import { signInWithPassword } from "../auth/sign-in.ts";
import { recordSession } from "../clusters/record-session.ts";
import { withOrganization, withoutOrganization } from "../db.ts";
import { createChannel } from "../notifications/create-channel.ts";
import { createRule } from "../notifications/rule-verbs.ts";
import { chainedEvent, fillChain, plant, verified } from "../testing/audit-chain.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { declaration, hello, makeEnvironment, makeTenant } from "../testing/tenant.ts";
import { readAnchors } from "./anchor.ts";
import { anchorAudit, anchorDaily, getAnchorSetting } from "./anchor-audit.ts";
import { appendAudit } from "./append-audit.ts";
import { exportAudit } from "./export-audit.ts";
import { listAudit } from "./list-audit.ts";
import { listAuditChoices } from "./list-choices.ts";
import { hashEvent } from "./rules.ts";
import { verifyAudit } from "./verify-audit.ts";

type Tenant = Awaited<ReturnType<typeof makeTenant>>;
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const actions = async ({ ctx }: Tenant, filter = {}) =>
  (await listAudit({ ctx, input: filter })).events.map(({ action }) => action);

describe("the list", () => {
  let tenant: Tenant;
  let environmentId: string;
  beforeAll(async () => {
    tenant = await makeTenant("Listed");
    environmentId = (await makeEnvironment(tenant.ctx, "eu-1")).id;
    const { organizationId } = tenant.ctx;
    await withOrganization(organizationId, async (tx) => {
      const subject = { kind: "environment", id: environmentId, name: "production" };
      for (const name of ["Ada", "Grace"])
        await appendAudit(tx, {
          ...{ organizationId, subject, actor: { kind: "person", id: name, name }, address: "192.0.2.7" },
          action: name === "Ada" ? "rollback.requested" : "environment.suspended",
          details: { reason: `${name} saw 100% of QUOTES time out` },
        });
    });
  });

  test("can be narrowed by who, what, on what and when", async () => {
    expect(await actions(tenant, { actor: "Ada" })).toEqual(["rollback.requested"]);
    expect(await actions(tenant, { action: "environment.suspended" })).toEqual(["environment.suspended"]);
    expect(await actions(tenant, { action: "cluster.*" })).toEqual([
      ...["cluster.declared", "cluster.connected", "cluster.created"],
    ]);
    expect(await actions(tenant, { subjectKind: "environment" })).toHaveLength(2);
    expect(await actions(tenant, { from: "2999-01-01T00:00:00Z" })).toEqual([]);
    expect(await actions(tenant, { until: "2999-01-01T00:00:00Z" })).toHaveLength(6);
    await expect(actions(tenant, { from: "yesterday" })).rejects.toThrow();
  });

  test("can be searched for words in any letter case, phrases, and without words", async () => {
    expect(await actions(tenant, { text: "quotes" })).toHaveLength(2);
    expect(await actions(tenant, { text: "quotes -grace" })).toEqual(["rollback.requested"]);
    expect(await actions(tenant, { text: '"quotes time" ada' })).toEqual(["rollback.requested"]);
    expect(await actions(tenant, { text: "100% 192.0.2.7" })).toHaveLength(2);
    expect(await actions(tenant, { text: "100_" })).toEqual([]);
    expect(await actions(tenant, { text: "' or 1=1 --" })).toEqual([]);
  });

  test("leads to what it is about, while that is there", async () => {
    const { events } = await listAudit({ ctx: tenant.ctx });
    expect(events[0]?.subject.path).toBe("/environments/eu-1/production");
    expect(events.find(({ action }) => action === "cluster.created")?.subject.path).toMatch(/^\/clusters\//);
    expect(await listAuditChoices({ ctx: tenant.ctx })).toMatchObject({
      actors: expect.arrayContaining(["Ada", "Grace", "agent of eu-1"]),
      subjectKinds: ["cluster", "environment", "organization"],
    });
  });

  test("shows nobody another organization's", async () => {
    const other = await makeTenant("Other");
    expect(await actions(other, { text: "quotes" })).toEqual([]);
    expect((await listAuditChoices({ ctx: other.ctx })).actors).toEqual(["Admin of Other"]);
    const found = await verified({ ctx: other.ctx });
    expect(found).toMatchObject({ ok: true, checked: 1 });
  });
});

describe("a long log", () => {
  const length = 230_000;
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await makeTenant("Long");
    await fillChain(database.owner, tenant.ctx.organizationId, length);
  });

  test("is searched a stretch at a time, to its beginning", async () => {
    let after: string | null = null;
    const found: number[] = [];
    const stretches: (string | null)[] = [];
    do {
      const page = await listAudit({ ctx: tenant.ctx, input: { text: '"since 77"', after } });
      found.push(...page.events.map(({ sequence }) => sequence));
      stretches.push(page.searchedTo);
      after = page.next;
    } while (after);
    // 77, 770 to 779 and so on: each once, newest first, whatever stretch they are in.
    expect(found).toEqual(found.toSorted((a, b) => b - a));
    expect(new Set(found).size).toBe(found.length);
    expect(found.at(-1)).toBe(77);
    expect(found).toHaveLength(1 + 10 + 100 + 1000);
    expect(stretches[0]).toBe("130001");
  });

  test("is exported whole as JSON lines from which every hash can be made again, in constant memory", async () => {
    const { lines, name } = await exportAudit({ ctx: tenant.ctx, input: { format: "jsonl" } });
    expect(name).toMatch(/^long-audit-\d{4}-\d\d-\d\d\.jsonl$/);
    let count = 0;
    let previous = "0".repeat(64);
    let most = 0;
    let rest = "";
    for await (const part of lines) {
      most = Math.max(most, part.length);
      const whole = (rest + part).split("\n");
      rest = whole.pop()!;
      for (const line of whole) {
        const { hash, ...said } = JSON.parse(line);
        if (said.previousHash !== previous) throw new Error(`event ${said.sequence} does not follow`);
        if (count % 1000 === 0) expect(hashEvent({ ...said, sequence: BigInt(said.sequence) })).toBe(hash);
        previous = hash;
        count++;
      }
    }
    expect(count).toBe(length + 1);
    expect(most).toBeLessThan(2_000_000);
  });
});

test("an export holds what the filter shows, harmless to spreadsheets, and is itself in the log", async () => {
  const tenant = await makeTenant("Exported");
  const { organizationId } = tenant.ctx;
  await withOrganization(organizationId, (tx) =>
    appendAudit(tx, {
      organizationId,
      actor: { kind: "agent", id: null, name: '=HYPERLINK("http://evil.example")' },
      action: "cluster.connected",
      subject: { kind: "cluster", id: "c", name: "@main" },
    }),
  );
  const { lines } = await exportAudit({ ctx: tenant.ctx, input: { format: "csv", action: "cluster.*" } });
  let text = "";
  for await (const part of lines) text += part;
  expect(text.split("\r\n")).toHaveLength(3);
  expect(text).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
  expect(text).toContain(`"'@main"`);
  const [newest] = (await listAudit({ ctx: tenant.ctx })).events;
  expect(newest).toMatchObject({ action: "audit.exported", details: { format: "csv", action: "cluster.*" } });
  const wrong = exportAudit({ ctx: tenant.ctx, input: { format: "xlsx" } });
  await expect(wrong).rejects.toMatchObject({ code: "invalid" });
});

test("a verification shows what its owner did to an event, on the page too", async () => {
  const { ctx } = await makeTenant("Touched");
  await withOrganization(ctx.organizationId, (tx) => tx.$queryRaw`select 1`);
  await database.owner.query("select set_config('plumbline.organization', $1, false)", [ctx.organizationId]);
  await database.owner.query("update audit_events set actor_name = 'Nobody' where organization_id = $1", [
    ctx.organizationId,
  ]);
  expect(await verified({ ctx })).toMatchObject({ ok: false, brokenAt: 1, kind: "edited" });
});

test("whoever goes away ends the verification, and the next one may begin", async () => {
  const { ctx } = await makeTenant("Impatient");
  await fillChain(database.owner, ctx.organizationId, 20_000);
  const lines = verifyAudit({ ctx });
  expect((await lines.next()).value).toMatchObject({ progress: { checked: 4000, total: 20_000 } });
  expect(() => verifyAudit({ ctx })).toThrow(/already/);
  await lines.return(undefined);
  const reading = "select from pg_stat_activity where datname = current_database() and query like 'copy %'";
  await expect.poll(async () => (await database.owner.query(reading)).rows).toHaveLength(0);
  expect(await verified({ ctx })).toMatchObject({ ok: true, checked: 20_000 });
});

test("an event of the first version is still verified, and followed by one of today's", async () => {
  const { ctx } = await makeTenant("Older");
  const { organizationId } = ctx;
  await fillChain(database.owner, organizationId, 1);
  await database.owner.query("delete from audit_events where organization_id = $1", [organizationId]);
  const old = chainedEvent(organizationId, 1, "0".repeat(64), {
    version: 1,
    details: '{"b": 1.50, "a": "x"}',
  });
  await plant(database.owner, old);
  await withOrganization(organizationId, (tx) =>
    appendAudit(tx, {
      ...{ organizationId, actor: ctx.actor, action: "cluster.created" },
      subject: { kind: "cluster", id: "c", name: "c" },
    }),
  );
  expect(await verified({ ctx })).toMatchObject({ ok: true, checked: 2 });
});

describe("anchors", () => {
  test("are signed on demand, go to the channels whose rules ask for them, and daily once", async () => {
    const { ctx } = await makeTenant("Anchored");
    await anchorDaily(new Date());
    expect((await getAnchorSetting({ ctx })).lastAt).toBeNull();
    const { channel } = await createChannel({
      ctx,
      input: { kind: "slack-bot", name: "auditors", channel: "#audit", token: "xoxb-of-a-test" },
    });
    await createRule({ ctx, input: { channelId: channel.id, environmentId: null, kinds: ["audit-anchor"] } });
    const given = await anchorAudit({ ctx });
    expect(given.channels).toEqual(["auditors"]);
    await anchorDaily(new Date());
    await anchorDaily(new Date());
    const sent = await withOrganization(ctx.organizationId, (tx) =>
      tx.delivery.findMany({ include: { alert: true }, orderBy: { createdAt: "asc" } }),
    );
    expect(sent.map(({ alert }) => alert.kind)).toEqual(["audit-anchor", "audit-anchor"]);
    const message = sent[0]?.alert.message as { what: string };
    expect(message.what).toContain(given.anchor);
    expect(message.what.length).toBeLessThan(2000);
    const found = await verified({ ctx, input: { anchors: message.what } });
    expect(found).toMatchObject({ ok: true, anchors: [{ sequence: given.sequence, ok: true }] });
    expect(found.open).toContain(`after event ${given.sequence}`);
  });

  test("of another key, another organization, or changed by a letter are not believed", async () => {
    const [mine, other] = [await makeTenant("Mine"), await makeTenant("Theirs")];
    const { anchor, publicKey } = await anchorAudit({ ctx: mine.ctx });
    expect(readAnchors(anchor, [])[0]?.problem).toContain("another key");
    const at = 40;
    const changed = anchor.slice(0, at) + (anchor[at] === "A" ? "B" : "A") + anchor.slice(at + 1);
    expect(readAnchors(changed, [publicKey])[0]?.problem).toBeTruthy();
    const found = await verified({ ctx: other.ctx, input: { anchors: anchor } });
    expect(found).toMatchObject({ ok: false, anchors: [{ ok: false }] });
  });
});

describe("who comes and goes", () => {
  test("is in the log of each of their organizations: signed in, failed to, signed out", async () => {
    const tenant = await makeTenant("Doors");
    const email = `${randomUUID()}@example.com`;
    const passwordHash = await hashPassword("correct horse battery");
    await withoutOrganization((tx) =>
      tx.user.update({ where: { id: tenant.userId }, data: { email, passwordHash } }),
    );
    const address = "203.0.113.9";
    expect(await signInWithPassword({ email, password: "wrong", address })).toBeNull();
    await expect
      .poll(async () => (await listAudit({ ctx: tenant.ctx })).events[0])
      .toMatchObject({ action: "member.sign-in-failed", actor: { kind: "system" }, address });
    expect(await signInWithPassword({ email, password: "correct horse battery", address })).not.toBeNull();
    const { userId } = tenant;
    await recordSignIn({ userId, action: "member.signed-in", address, details: { method: "password" } });
    await recordSignIn({ userId, action: "member.signed-out", address });
    expect((await actions(tenant)).slice(0, 2)).toEqual(["member.signed-out", "member.signed-in"]);
  });

  test("an agent's connect is told once for each of its starts, with its address and what it declares", async () => {
    const tenant = await makeTenant("Agents");
    const { agent } = await makeEnvironment(tenant.ctx, "eu-1");
    const { uid } = await withOrganization(tenant.ctx.organizationId, (tx) => tx.cluster.findFirstOrThrow());
    const again = hello([declaration("production", { mode: "observe" })], uid!);
    await recordSession({ agent, input: again, address: "198.51.100.4" });
    await recordSession({ agent, input: again, address: "198.51.100.4" });
    const { events } = await listAudit({ ctx: tenant.ctx });
    expect(events.slice(0, 2)).toMatchObject([
      { action: "cluster.declared", details: { environments: ["production (observe)"], removed: [] } },
      { action: "agent.connected", address: "198.51.100.4" },
    ]);
    expect(events.filter(({ action }) => action === "agent.connected")).toHaveLength(1);
  });
});
