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
