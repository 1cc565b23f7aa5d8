import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withOrganization } from "../db.ts";
import { recordManifests } from "../manifests/record-manifests.ts";
import type { Report } from "../protocol/report.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import {
  commit,
  digest,
  drifted,
  makeEnvironment,
  makeTenant,
  report,
  resource,
  sha,
  sync,
} from "../testing/tenant.ts";
import { compareSides } from "./compare-sides.ts";
import { getRetention } from "./get-retention.ts";
import { getWhatRan } from "./get-what-ran.ts";
import { writeSide } from "./rules.ts";
import { setRetention } from "./set-retention.ts";
import { sweepHistory } from "./sweep-history.ts";

const minute = 60_000;
const start = Date.parse("2026-01-10T12:00:00Z");
const at = (minutes: number) => new Date(start + minutes * minute);
const iso = (minutes: number) => at(minutes).toISOString();

const body = (image: string) =>
  JSON.stringify({ kind: "Deployment", metadata: { name: "quotes" }, spec: { replicas: 2, image } });
const digestOf = (text: string) => createHash("sha256").update(text).digest("hex");

let database: TestDatabase;
let tenant: Awaited<ReturnType<typeof makeTenant>>;
let environment: Awaited<ReturnType<typeof makeEnvironment>>;
let send: (minutes: number, over: Partial<Report>) => Promise<unknown>;

const commits = { one: commit("one", iso(-10)), two: commit("two", iso(50)), bad: commit("bad", iso(80)) };
const syncs = {
  one: sync(commits.one, { startedAt: iso(0), appliedAt: iso(1), finishedAt: iso(2) }),
  two: sync(commits.two, { startedAt: iso(60), appliedAt: iso(62), finishedAt: iso(65) }),
  bad: sync(commits.bad, { startedAt: iso(81), finishedAt: iso(82), outcome: "refused", message: "no" }),
};

beforeAll(async () => {
  database = await openTestDatabase();
  tenant = await makeTenant("History");
  environment = await makeEnvironment(tenant.ctx, "main");
  const stream = randomUUID();
  let sequence = 0;
  send = (minutes, over) =>
    environment.send(
      report(environment.name, stream, ++sequence, { observedAt: iso(minutes), ...over }),
      at(minutes),
    );
  for (const image of ["quotes:1", "quotes:2"])
    await recordManifests({
      agent: environment.agent,
      input: {
        session: environment.session,
        manifests: [{ digest: digestOf(body(image)), body: body(image) }],
      },
    });
  const objects = (image: string) => [
    resource("quotes", { desiredDigest: digestOf(body(image)) }),
    resource(image === "quotes:1" ? "old" : "new"),
  ];
  await send(2, { head: commits.one, syncs: [syncs.one], resources: objects("quotes:1") });
  await send(20, { head: commits.one, resources: [drifted("quotes", iso(20)), resource("old")] });
  await send(30, { head: commits.one, resources: objects("quotes:1") });
  await send(65, { head: commits.two, syncs: [syncs.two], resources: objects("quotes:2") });
  await send(82, {
    head: commits.bad,
    comparedRevision: commits.two.revision,
    renderedDigest: digest(commits.two.revision),
    syncs: [syncs.bad],
    resources: objects("quotes:2"),
  });
});
afterAll(() => database.close());

const ran = (minutes: number, now = at(1000)) =>
  getWhatRan({ ctx: tenant.ctx, input: { environmentId: environment.id, at: iso(minutes) }, now });
const side = (kind: "now" | "at" | "sync" | "revision", value = "") =>
  writeSide({ environmentId: environment.id, kind, value });
const compare = (from: string, to: string) =>
  compareSides({ ctx: tenant.ctx, input: { from, to }, now: at(1000) });

describe("what ran at an instant", () => {
  test("is what was applied last before it, with its exact manifests, its commit and how long that took", async () => {
    const { ran: told, divergence, applying, knownUntil } = await ran(45);
    expect(told).toMatchObject({
      syncId: syncs.one.id,
      revision: commits.one.revision,
      commit: { author: "Ada", subject: "one" },
      since: iso(1),
      convergedAt: iso(2),
      leadMs: 12 * minute,
    });
    expect(told?.manifests.map(({ key }) => key)).toEqual([
      "apps/Deployment/shop/old",
      "apps/Deployment/shop/quotes",
    ]);
    expect(told?.manifests[1]?.manifest).toEqual(JSON.parse(body("quotes:1")));
    expect({ divergence, applying, knownUntil }).toEqual({
      divergence: null,
      applying: null,
      knownUntil: null,
    });
  });

  test("changes at the very instant at which the next was applied, and says what was under way before", async () => {
    expect((await ran(61)).ran?.revision).toBe(commits.one.revision);
    expect((await ran(61)).applying).toMatchObject({ revision: commits.two.revision, until: iso(62) });
    expect((await ran(62)).ran?.revision).toBe(commits.two.revision);
    expect((await ran(62)).applying).toBeNull();
  });

  test("says how the cluster differed then, and no longer once that had ended", async () => {
    expect((await ran(25)).divergence).toMatchObject({
      causes: ["drift"],
      startedAt: iso(20),
      endedAt: iso(30),
    });
    expect((await ran(30)).divergence).toBeNull();
  });

  test("is not what was refused, and says where the agent's word ends", async () => {
    const { ran: told, knownUntil } = await ran(500);
    expect(told?.revision).toBe(commits.two.revision);
    expect(knownUntil).toBe(iso(82));
  });

  test("is nothing before the record begins, and refused for the future and for what is no instant", async () => {
    expect((await ran(-100)).ran).toBeNull();
    await expect(ran(2000)).rejects.toMatchObject({ code: "invalid" });
    const input = { environmentId: environment.id, at: "yesterday" };
    await expect(getWhatRan({ ctx: tenant.ctx, input })).rejects.toMatchObject({ code: "invalid" });
  });

  test("is told to no other organization", async () => {
    const { ctx } = await makeTenant("Stranger");
    const input = { environmentId: environment.id, at: iso(45) };
    await expect(getWhatRan({ ctx, input })).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("a comparison", () => {
  const expected = {
    unchanged: 0,
    more: 0,
    same: false,
    gitUrl: `https://github.com/acme/shop/compare/${commits.one.revision}...${commits.two.revision}`,
    objects: [
      { key: "apps/Deployment/shop/new", change: "added" },
      { key: "apps/Deployment/shop/old", change: "removed" },
      {
        key: "apps/Deployment/shop/quotes",
        change: "changed",
        fields: [{ path: "spec.image", before: "quotes:1", after: "quotes:2" }],
      },
    ],
  };

  test("of two syncs, two revisions, two instants, and of one of them with now, is the same", async () => {
    for (const [from, to] of [
      [side("sync", syncs.one.id), side("sync", syncs.two.id)],
      [side("revision", commits.one.revision.slice(0, 8)), side("revision", commits.two.revision)],
      [side("at", iso(45)), side("at", iso(70))],
      [side("at", iso(45)), side("now")],
    ] as const)
      expect(await compare(from, to)).toMatchObject(expected);
  });

  test("of a side with itself says that nothing differs", async () => {
    expect(await compare(side("now"), side("revision", commits.two.revision))).toMatchObject({
      same: true,
      objects: [],
      unchanged: 2,
      gitUrl: null,
    });
  });

  test("says which side it cannot find, and refuses what is no side", async () => {
    await expect(compare(side("revision", sha("never")), side("now"))).rejects.toThrow(
      /production never ran/,
    );
    await expect(compare(side("sync", randomUUID()), side("now"))).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(compare("production", side("now"))).rejects.toMatchObject({ code: "invalid" });
    await expect(compare(side("now"), side("at", "9999-99-99T00:00:00Z"))).rejects.toMatchObject({
      code: "invalid",
    });
  });
});

describe("retention", () => {
  test("is set by admins alone, and never drops a sync before its manifests", async () => {
    const { ctx } = tenant;
    expect(await getRetention({ ctx })).toEqual({ manifestMonths: 13, outcomeMonths: 25 });
    const longer = { manifestMonths: 30, outcomeMonths: 25 };
    await expect(setRetention({ ctx, input: longer })).rejects.toThrow(/longer than the syncs/);
    const operator = { ...ctx, role: "operator" as const };
    const input = { manifestMonths: 1, outcomeMonths: 2 };
    await expect(setRetention({ ctx: operator, input })).rejects.toMatchObject({ code: "forbidden" });
    expect(await setRetention({ ctx, input })).toEqual(input);
  });

  test("drops old manifests first, then old outcomes, and keeps what runs now however old it is", async () => {
    const { organizationId } = tenant.ctx;
    const count = () =>
      withOrganization(organizationId, async (tx) => ({
        syncs: await tx.sync.count(),
        episodes: await tx.divergence.count(),
        renderings: await tx.rendering.count(),
        manifests: (await tx.manifest.findMany({ select: { digest: true } })).map(({ digest: one }) => one),
      }));
    await database.owner.query(`set plumbline.organization = '${organizationId}'`);
    for (const table of ["renderings", "manifests"])
      await database.owner.query(`update ${table} set created_at = $1`, [at(0)]);
    const before = await count();
    expect(before).toMatchObject({ syncs: 3, renderings: 2 });
    await sweepHistory(at(20));
    expect(await count()).toEqual(before);

    const afterMonth = new Date("2026-02-15T12:00:00Z");
    await sweepHistory(afterMonth);
    expect(await count()).toEqual({ ...before, renderings: 1, manifests: [digestOf(body("quotes:2"))] });
    expect((await ran(45)).ran).toMatchObject({ revision: commits.one.revision, manifests: [] });
    expect(await compare(side("at", iso(45)), side("now"))).toMatchObject({
      before: { kept: false },
      objects: [],
    });

    await sweepHistory(new Date("2026-03-15T12:00:00Z"));
    expect(await count()).toMatchObject({ syncs: 1, renderings: 1, manifests: [digestOf(body("quotes:2"))] });
    expect((await ran(500)).ran?.revision).toBe(commits.two.revision);
  });

  test("of for ever drops nothing", async () => {
    const { ctx } = tenant;
    await setRetention({ ctx, input: { manifestMonths: null, outcomeMonths: null } });
    await sweepHistory(new Date("2126-01-01T03:00:00Z"));
    expect((await ran(500)).ran?.manifests).toHaveLength(2);
  });

  test("drops old alerts with their deliveries, but none on its way, and none whose episode lasts", async () => {
    const { ctx } = tenant;
    const { organizationId } = ctx;
    const of = { organizationId };
    const old = new Date("2026-01-10T12:00:00Z");
    await withOrganization(organizationId, async (tx) => {
      const { id: environmentId } = await tx.environment.findFirstOrThrow();
      const lasting =
        (await tx.divergence.findFirst({ where: { environmentId, endedAt: null } })) ??
        (await tx.divergence.create({
          data: {
            ...of,
            environmentId,
            id: randomUUID(),
            startedAt: old,
            causes: [],
            objects: 1,
            summary: "",
          },
        }));
      for (const [key, status, episodeId] of [
        ["told", "delivered", null],
        ["given up", "given-up", randomUUID()],
        ["on its way", "pending", null],
        ["lasting", "delivered", lasting.id],
      ] as const) {
        const id = randomUUID();
        const alert = { ...of, id, key, kind: "diff", environmentId, episodeId, at: old, message: {} };
        await tx.alert.create({ data: alert });
        await tx.delivery.create({ data: { ...of, id: randomUUID(), alertId: id, status } });
      }
    });
    const left = () =>
      withOrganization(organizationId, async (tx) => {
        const alerts = await tx.alert.findMany({
          where: { at: old },
          select: { key: true },
          orderBy: { key: "asc" },
        });
        const deliveries = await tx.delivery.count({ where: { alert: { at: old } } });
        return { keys: alerts.map(({ key }) => key), deliveries };
      });
    await setRetention({ ctx, input: { manifestMonths: 1, outcomeMonths: 2 } });
    await sweepHistory(new Date("2026-03-09T12:00:00Z"));
    expect((await left()).keys).toHaveLength(4);
    await sweepHistory(new Date("2026-03-11T12:00:00Z"));
    expect(await left()).toEqual({ keys: ["lasting", "on its way"], deliveries: 2 });
  });
});
