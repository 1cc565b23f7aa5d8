import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Context } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { recordManifests } from "../manifests/record-manifests.ts";
import { getSyncManifests } from "../syncs/get-sync-manifests.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import {
  commit,
  digest,
  drifted,
  makeEnvironment,
  makeTenant,
  report,
  resource,
  sync,
} from "../testing/tenant.ts";
import { getEnvironment } from "./get-environment.ts";
import { getObject } from "./get-object.ts";
import { getPlumbLine } from "./get-plumb-line.ts";
import { listHistory } from "./list-history.ts";
import { listResources } from "./list-resources.ts";

let database: TestDatabase;
let ctx: Context;
beforeAll(async () => {
  database = await openTestDatabase();
  ({ ctx } = await makeTenant("History"));
});
afterAll(() => database.close());

const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000).toISOString();

test("history comes newest first, a page at a time, nothing twice and nothing left out", async () => {
  const { id, send, name } = await makeEnvironment(ctx, "pages");
  const stream = randomUUID();
  const syncs = Array.from({ length: 90 }, (_, n) =>
    sync(commit(`c${n}`), { startedAt: at(200 - n), finishedAt: at(200 - n) }),
  );
  // Several at the very same moment: order must still be one.
  for (const one of syncs.slice(10, 20)) one.finishedAt = syncs[10]!.finishedAt;
  await send(report(name, stream, 1, { syncs, observedAt: at(210) }));
  await send(report(name, stream, 2, { base: 1, resources: [drifted("quotes")], observedAt: at(150) }));
  await send(report(name, stream, 3, { base: 2, resources: [resource("quotes")], observedAt: at(140) }));
  const seen: { at: string; id: string }[] = [];
  let pages = 0;
  for (let after: string | null = null, first = true; first || after; first = false) {
    const page = await listHistory({ ctx, input: { id, after } });
    seen.push(...page.entries);
    after = page.next;
    pages++;
  }
  expect(pages).toBe(3);
  expect(new Set(seen.map((entry) => entry.id)).size).toBe(91);
  expect(seen.map((entry) => entry.at)).toEqual(
    seen
      .map((entry) => entry.at)
      .toSorted()
      .toReversed(),
  );
  // A link may name a commit: the list begins with its newest sync.
  const { revision } = syncs[5]!;
  const from = await listHistory({ ctx, input: { id, entry: revision } });
  expect(from.entries[0]).toMatchObject({ kind: "sync", revision });
  await expect(listHistory({ ctx, input: { id, entry: "0".repeat(40) } })).rejects.toMatchObject({
    code: "not-found",
  });
  await expect(listHistory({ ctx, input: { id, after: "bm9uc2Vuc2U" } })).rejects.toMatchObject({
    code: "invalid",
  });
});

test("a sync keeps exactly what it put in place, whatever comes later", async () => {
  const { id, agent, send, name } = await makeEnvironment(ctx, "manifests");
  const stream = randomUUID();
  const bodies = ["one", "two"].map((image) => JSON.stringify({ image }));
  const [one, two] = bodies.map((body) => digest(body));
  const [first, second] = [commit("first"), commit("second")];
  const syncs = [first, second].map((head) => sync(head));
  const full = { resources: [resource("quotes", { desiredDigest: one! })], syncs: [syncs[0]!] };
  expect((await send(report(name, stream, 1, { head: first, ...full }))).lacking).toEqual([one]);
  await recordManifests({
    agent,
    input: { session: randomUUID(), manifests: [{ digest: one!, body: bodies[0]! }] },
  });
  const changed = {
    base: 1,
    head: second,
    resources: [resource("quotes", { desiredDigest: two!, sync: "Modified", cause: "pending" as const })],
    syncs: [syncs[1]!],
  };
  expect((await send(report(name, stream, 2, changed))).lacking).toEqual([two]);
  const manifestsOf = (syncId: string) => getSyncManifests({ ctx, input: { environmentId: id, syncId } });
  expect(await manifestsOf(syncs[0]!.id)).toMatchObject({
    revision: first.revision,
    manifests: [{ key: "apps/Deployment/shop/quotes", manifest: { image: "one" } }],
  });
  expect(await manifestsOf(syncs[1]!.id)).toMatchObject({ manifests: [{ digest: two, manifest: null }] });
  await recordManifests({
    agent,
    input: { session: randomUUID(), manifests: [{ digest: two!, body: bodies[1]! }] },
  });
  expect((await getEnvironment({ ctx, input: { id } })).divergent).toMatchObject([
    { desired: { image: "two" } },
  ]);
  expect((await listResources({ ctx, input: { id } })).resources).toMatchObject([
    { ref: { name: "quotes" } },
  ]);
});

test("history is narrowed to one kind or to what failed, and begins at an entry that a link names", async () => {
  const { id, send, name } = await makeEnvironment(ctx, "narrowed");
  const stream = randomUUID();
  const good = sync(commit("good"), { finishedAt: at(30) });
  const bad = sync(commit("bad"), { finishedAt: at(20), outcome: "refused", message: "No." });
  await send(report(name, stream, 1, { syncs: [good, bad], observedAt: at(19) }));
  await send(report(name, stream, 2, { base: 1, resources: [drifted("quotes")], observedAt: at(10) }));
  const listed = async (input: { only?: string; entry?: string }) =>
    (await listHistory({ ctx, input: { id, ...input } })).entries.map((entry) =>
      entry.kind === "sync" ? entry.id : entry.kind,
    );
  expect(await listed({})).toEqual(["episode", bad.id, good.id]);
  expect(await listed({ only: "sync" })).toEqual([bad.id, good.id]);
  expect(await listed({ only: "episode" })).toEqual(["episode"]);
  expect(await listed({ only: "rollback" })).toEqual([]);
  expect(await listed({ only: "failed" })).toEqual([bad.id]);
  expect(await listed({ entry: bad.id })).toEqual([bad.id, good.id]);
  expect(await listed({ entry: good.id, only: "sync" })).toEqual([good.id]);
  await expect(listed({ only: "nonsense" })).rejects.toMatchObject({ code: "invalid" });
  await expect(listed({ entry: randomUUID() })).rejects.toMatchObject({ code: "not-found" });
  await expect(listed({ entry: "x" })).rejects.toMatchObject({ code: "not-found" });
});

test("a plumb line goes back as far as it is asked to, with the entries its marks belong to", async () => {
  const { id, send, name } = await makeEnvironment(ctx, "line");
  const stream = randomUUID();
  const [five, four, three] = [5, 4, 3].map((days) => at(days * 1440));
  const old = sync(commit("old", at(5 * 1440 + 5)), { finishedAt: five });
  await send(report(name, stream, 1, { syncs: [old], observedAt: five! }));
  await send(report(name, stream, 2, { base: 1, resources: [drifted("quotes")], observedAt: four! }));
  await send(report(name, stream, 3, { base: 2, resources: [resource("quotes")], observedAt: three! }));
  const line = (window: string | null) => getPlumbLine({ ctx, input: { id, days: window } });
  expect(await line(null)).toMatchObject({ days: "1", cut: false, episodes: [], marks: [] });
  const week = await line("7");
  expect(week.episodes).toMatchObject([{ causes: ["drift"], startedAt: four, endedAt: three }]);
  expect(week.marks.map(({ kind, entry }) => [kind, entry])).toEqual([
    ["commit", old.id],
    ["sync", old.id],
    ["edit", week.episodes[0]!.id],
    ["alert", null],
  ]);
  await expect(line("365")).rejects.toThrow();
});

test("a page gets the first objects in whole and of the others a line; each may be asked for", async () => {
  const { id, send, name } = await makeEnvironment(ctx, "crowd");
  const wide = (value: string) =>
    Array.from({ length: 40 }, (_, index) => ({
      ...{ path: `spec.f${index}`, pointer: `/spec/f${index}`, type: "modified" as const, counts: true },
      ...{ desired: "a".repeat(200), observed: value },
    }));
  const resources = Array.from({ length: 30 }, (_, index) => ({
    ...drifted(`many-${String(index).padStart(2, "0")}`),
    changes: wide(`b${index}`),
  }));
  await send(report(name, randomUUID(), 1, { resources }));
  const { divergent, divergentCount } = await getEnvironment({ ctx, input: { id } });
  expect(divergentCount).toBe(30);
  expect(divergent[0]).toMatchObject({ changes: { length: 40 } });
  expect(divergent[0]).not.toHaveProperty("partial");
  expect(divergent.at(-1)).toMatchObject({ partial: true, changes: { length: 1 } });
  expect(JSON.stringify(divergent).length).toBeLessThan(70_000);
  const object = (key: string) => getObject({ ctx, input: { id, key } });
  expect(await object("apps/Deployment/shop/many-29")).toMatchObject({ changes: { length: 40 } });
  await expect(object("apps/Deployment/shop/other")).rejects.toMatchObject({ code: "not-found" });
});

test("a manifest whose digest is another's is refused", async () => {
  const { agent } = await makeEnvironment(ctx, "forged");
  const manifests = [{ digest: digest("{}"), body: '{"forged":true}' }];
  await expect(recordManifests({ agent, input: { session: randomUUID(), manifests } })).rejects.toMatchObject(
    { code: "invalid" },
  );
  const kept = await withOrganization(ctx.organizationId, (tx) =>
    tx.manifest.count({ where: { digest: digest("{}") } }),
  );
  expect(kept).toBe(0);
});

test("a line of the overview shows the last day: episodes, syncs, commits and how long the change took", async () => {
  const { id, send, name } = await makeEnvironment(ctx, "overview");
  const stream = randomUUID();
  const head = commit("Scale quotes", at(20));
  await send(report(name, stream, 1, { head: commit("before", at(3000)), observedAt: at(2000) }));
  await send(
    report(name, stream, 2, {
      head,
      base: 1,
      resources: [],
      observedAt: at(15),
      syncs: [sync(head, { startedAt: at(18), finishedAt: at(17) })],
    }),
  );
  await send(report(name, stream, 3, { head, base: 2, resources: [drifted("quotes")], observedAt: at(10) }));
  const row = await getEnvironment({ ctx, input: { id } });
  expect(row).toMatchObject({
    state: "Diverged",
    head: { subject: "Scale quotes" },
    leadTimeMs: expect.closeTo(5 * 60_000, -4),
  });
  expect(row.episodes).toMatchObject([{ endedAt: null, causes: ["drift"] }]);
  expect(row.marks.map(({ kind }) => kind)).toEqual(["commit", "sync", "edit"]);
});

test("a sync tells when it was noticed, applied and ended, and one that was healthy too late converged all the same", async () => {
  const { id, send, name } = await makeEnvironment(ctx, "times");
  const stream = randomUUID();
  const at = (seconds: number) => new Date(Date.now() - 60_000 + seconds * 1000).toISOString();
  const times = { noticedAt: at(1), startedAt: at(2), appliedAt: at(3), finishedAt: at(4) };
  const failed = sync(commit("first"), { ...times, outcome: "failed", message: "Not healthy." });
  const overtaken = sync(commit("zeroth"), { outcome: "superseded", finishedAt: at(0) });
  await send(
    report(name, stream, 1, {
      resources: [resource("quotes", { health: "Degraded" })],
      syncs: [overtaken, failed],
    }),
  );
  const entries = async () =>
    (await listHistory({ ctx, input: { id } })).entries.filter((entry) => entry.kind === "sync");
  expect(await entries()).toMatchObject([
    { id: failed.id, ...times, outcome: "failed", convergedAt: null },
    { id: overtaken.id, outcome: "superseded", noticedAt: null, appliedAt: null },
  ]);
  await send(report(name, stream, 2));
  const [first, second] = await entries();
  expect(first?.convergedAt).toEqual(expect.any(String));
  expect(second?.convergedAt).toBeNull();
});
