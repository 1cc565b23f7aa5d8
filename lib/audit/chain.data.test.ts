import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { withOrganization } from "../db.ts";
import { chainedEvent, fillChain, plant } from "../testing/audit-chain.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { makeTenant } from "../testing/tenant.ts";
import { auditKey, type ReadAnchor, readAnchors, signAnchor } from "./anchor.ts";
import { appendAudit } from "./append-audit.ts";
import type { AuditVerification } from "./schemas.ts";
import { verifyChain } from "./verify-chain.ts";

const million = 1_000_000;
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

async function verify(organizationId: string, anchors: readonly ReadAnchor[] = []) {
  const steps = verifyChain(organizationId, anchors);
  let turns = 0;
  for (let step = await steps.next(); ; step = await steps.next()) {
    if (step.done) return { ...step.value, turns };
    turns++;
  }
}

function entry(organizationId: string, text: string) {
  return {
    organizationId,
    actor: { kind: "person" as const, id: "p", name: text },
    action: "cluster.created",
    subject: { kind: "cluster", id: text, name: text },
    details: { reason: text, number: 1.5, list: [1, { a: null }] },
    address: "10.0.0.1",
  };
}

describe("a chain of a million events, with its owner at work", () => {
  let id: string;
  beforeAll(async () => {
    id = (await makeTenant("Million")).ctx.organizationId;
    await fillChain(database.owner, id, million);
  }, 240_000);

  const owner = (statement: string, ...values: unknown[]) =>
    database.owner.query(statement.replace("$org", `'${id}'`), values);
  const row = async (sequence: number) =>
    (await owner("select * from audit_events where organization_id = $org and sequence = $1", sequence))
      .rows[0];
  const shift = async (from: number, by: number) => {
    await owner(
      "update audit_events set sequence = -sequence where organization_id = $org and sequence >= $1",
      from,
    );
    await owner(
      "update audit_events set sequence = -sequence + $1 where organization_id = $org and sequence < 0",
      by,
    );
  };
  let restore: (() => Promise<unknown>) | null = null;
  afterEach(async () => {
    await restore?.();
    restore = null;
  });
  const expectBreak = async (broken: Partial<AuditVerification>) =>
    expect(await verify(id)).toMatchObject({ ok: false, open: null, ...broken });

  test("is whole when nobody touched it, and says what that does not exclude", async () => {
    const found = await verify(id);
    expect(found).toMatchObject({ ok: true, checked: million, brokenAt: null });
    expect(found.open).toContain("cannot exclude");
    expect(found.turns).toBeGreaterThan(100);
  });

  test("shows a deleted event", async () => {
    const gone = chainedOf(await row(700_000));
    await owner("delete from audit_events where organization_id = $org and sequence = 700000");
    restore = () => plant(database.owner, gone);
    await expectBreak({
      brokenAt: 700_000,
      kind: "deleted",
      message: "Event 700000 is missing.",
      checked: 699_999,
    });
  });

  test("shows an edited event, by a single letter of a single column", async () => {
    const { details } = await row(400_001);
    const set = (text: string) =>
      owner("update audit_events set details = $1 where organization_id = $org and sequence = 400001", text);
    const text = JSON.stringify(details);
    await set(text.replace("time", "tine"));
    restore = () => set(text);
    await expectBreak({ brokenAt: 400_001, kind: "edited" });
  });

  test("shows an edited event whose hash was made anew", async () => {
    const was = chainedOf(await row(300_000));
    const put = async (event: typeof was) => {
      await owner("delete from audit_events where organization_id = $org and sequence = 300000");
      await plant(database.owner, event);
    };
    await put(chainedEvent(id, 300_000, was.previousHash, { actorName: "Nobody" }));
    restore = () => put(was);
    await expectBreak({ brokenAt: 300_000, kind: "edited" });
  });

  test("shows two events that changed places", async () => {
    const swap = async () => {
      const move = (from: number, to: number) =>
        owner(
          "update audit_events set sequence = $2 where organization_id = $org and sequence = $1",
          from,
          to,
        );
      await move(500_000, -1);
      await move(990_000, 500_000);
      await move(-1, 990_000);
    };
    await swap();
    restore = swap;
    await expectBreak({
      brokenAt: 500_000,
      kind: "reordered",
      message: "Events 500000 and 990000 have changed places.",
    });
  });

  test("shows an inserted event, with right hashes or without, though all after it were renumbered", async () => {
    await shift(999_000, 1);
    restore = async () => {
      await owner("delete from audit_events where organization_id = $org and sequence = 999000");
      await shift(999_001, -1);
    };
    const before = await row(998_999);
    await plant(database.owner, chainedEvent(id, 999_000, before.hash, { actorName: "Planted" }));
    await expectBreak({ brokenAt: 999_000, kind: "inserted" });
    await owner(
      "update audit_events set hash = repeat('a', 64) where organization_id = $org and sequence = 999000",
    );
    await expectBreak({ brokenAt: 999_000, kind: "inserted" });
  });
});

/** A row as pg reads it, as an event. */
function chainedOf(row: Record<string, unknown>) {
  const sequence = Number(row.sequence);
  const event = chainedEvent(String(row.organization_id), sequence, String(row.previous_hash));
  expect(event.hash).toBe(row.hash);
  return event;
}

test("32 writers at once lose nothing and fork nothing", async () => {
  const { organizationId } = (await makeTenant("Writers")).ctx;
  const each = 40;
  await Promise.all(
    Array.from({ length: 32 }, async (_, writer) => {
      for (let n = 0; n < each; n++)
        await withOrganization(organizationId, (tx) =>
          appendAudit(tx, entry(organizationId, `${writer}/${n}`)),
        );
    }),
  );
  const found = await verify(organizationId);
  expect(found).toMatchObject({ ok: true, checked: 1 + 32 * each });
  await database.owner.query("select set_config('plumbline.organization', $1, false)", [organizationId]);
  const { rows } = await database.owner.query(
    "select count(distinct subject_id)::int as subjects, count(distinct previous_hash)::int as links from audit_events where organization_id = $1 and action = 'cluster.created'",
    [organizationId],
  );
  expect(rows).toEqual([{ subjects: 32 * each, links: 32 * each }]);
});

test("what a transaction that fails had appended is not in the chain, and leaves no gap", async () => {
  const { organizationId } = (await makeTenant("Failing")).ctx;
  const failing = withOrganization(organizationId, async (tx) => {
    await appendAudit(tx, entry(organizationId, "never"));
    throw new Error("not this time");
  });
  await expect(failing).rejects.toThrow("not this time");
  await withOrganization(organizationId, (tx) => appendAudit(tx, entry(organizationId, "after")));
  expect(await verify(organizationId)).toMatchObject({ ok: true, checked: 2 });
});

test("names that hold anything at all are written, and are what was hashed", async () => {
  const { organizationId } = (await makeTenant("Names")).ctx;
  for (const text of [
    "a\tb\\N\\\n\r\b\f\v\0",
    "\ud800 lone",
    "𝕌 “quoted” ' \" =1+1",
    "\\.",
    "\u2028\u0085",
    "",
  ])
    await withOrganization(organizationId, (tx) => appendAudit(tx, entry(organizationId, text)));
  expect(await verify(organizationId)).toMatchObject({ ok: true, checked: 7 });
});

test("an event that stands twice is found, where its owner took the key away", async () => {
  const { organizationId } = (await makeTenant("Twice")).ctx;
  await fillChain(database.owner, organizationId, 9000);
  await database.owner.query("alter table audit_events drop constraint audit_events_pkey");
  // At the end of a page, where reading on begins after the number.
  for (const sequence of [4000, 5000]) {
    const { rows } = await database.owner.query(
      "select previous_hash from audit_events where organization_id = $1 and sequence = $2",
      [organizationId, sequence],
    );
    const planted = chainedEvent(organizationId, sequence, rows[0].previous_hash, { actorName: "Twice" });
    await plant(database.owner, planted);
    const found = await verify(organizationId);
    expect(found).toMatchObject({ ok: false });
    expect([sequence - 1, sequence]).toContain(found.brokenAt);
    await database.owner.query("delete from audit_events where organization_id = $1 and hash = $2", [
      organizationId,
      planted.hash,
    ]);
  }
  await database.owner.query("alter table audit_events add primary key (organization_id, sequence)");
});

test("an anchor shows that the newest events are gone, and that the chain was written anew", async () => {
  const length = 9000;
  const id = (await makeTenant("Anchored")).ctx.organizationId;
  await fillChain(database.owner, id, length);
  const owner = (statement: string, ...values: unknown[]) =>
    database.owner.query(statement.replace("$org", `'${id}'`), values);
  const last = async () =>
    (await owner("select * from audit_events where organization_id = $org and sequence = $1", length))
      .rows[0];
  const drop = () => owner("delete from audit_events where organization_id = $org and sequence = $1", length);
  const key = auditKey(database.env);
  const { hash } = await last();
  const sign = (over: object) =>
    signAnchor(key, {
      ...{ organization: id, slug: "million", sequence: length, hash, at: "2026-11-20T10:00:00.000Z" },
      ...over,
    });
  const read = (text: string) => readAnchors(`Slack says: ${text}, and so on`, [key.publicKey]);
  expect(await verify(id, read(sign({})))).toMatchObject({ ok: true, anchors: [{ ok: true }] });

  const was = chainedOf(await last());
  await drop();
  expect(await verify(id)).toMatchObject({ ok: true });
  expect(await verify(id, read(sign({})))).toMatchObject({
    ok: false,
    kind: "truncated",
    brokenAt: length,
  });

  const forged = chainedEvent(id, length, was.previousHash, { actorName: "Nobody" });
  await plant(database.owner, forged);
  expect(await verify(id)).toMatchObject({ ok: true });
  expect(await verify(id, read(sign({})))).toMatchObject({
    ok: false,
    kind: "rewritten",
    brokenAt: length,
  });
});
