import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withOrganization } from "../db.ts";
import type { Commit, Report, Sync } from "../protocol/report.ts";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { commit, makeEnvironment, makeTenant, report, resource, sha, sync } from "../testing/tenant.ts";
import { countDeliveryDays } from "./count-days.ts";
import { getDeliveryFigures } from "./get-delivery-figures.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.parse("2026-03-02T08:00:00Z");
const iso = (ms: number) => new Date(start + ms).toISOString();

let database: TestDatabase;
let tenant: Awaited<ReturnType<typeof makeTenant>>;
beforeAll(async () => {
  database = await openTestDatabase();
  tenant = await makeTenant("Figures");
});
afterAll(() => database.close());

/** An environment and a way to have it report, in the order of time. */
async function deploying(cluster: string) {
  const environment = await makeEnvironment(tenant.ctx, cluster);
  const stream = randomUUID();
  let sequence = 0;
  const send = (ms: number, over: Partial<Report>) =>
    environment.send(
      report(environment.name, stream, ++sequence, { observedAt: iso(ms), ...over }),
      new Date(start + ms),
    );
  /** Applied, and converged at once. */
  const deploy = (of: Commit, ms: number, over: Partial<Sync> = {}) =>
    send(ms, {
      head: of,
      syncs: [sync(of, { startedAt: iso(ms - minute), appliedAt: iso(ms), finishedAt: iso(ms), ...over })],
    });
  return { ...environment, send, deploy };
}

const figures = (environmentId: string | null, at = start + 6 * day) =>
  getDeliveryFigures({ ctx: tenant.ctx, input: { environmentId, days: "7" }, now: new Date(at) });

describe("delivery figures", () => {
  test("count deployments, their lead times, failed changes and restores, each on its day", async () => {
    const one = await deploying("one");
    await one.deploy(commit("before", iso(-90 * day)), 0, { trigger: "start" });
    await one.deploy(commit("a", iso(hour)), hour + 10 * minute);
    await one.deploy(commit("b", iso(2 * hour)), 2 * hour + 20 * minute);
    // The same revision again is no other deployment, nor is putting drift back.
    await one.deploy(commit("b", iso(2 * hour)), 3 * hour, { trigger: "drift" });
    await one.deploy(commit("b", iso(2 * hour)), 4 * hour, { trigger: "resume" });
    // A change that fails, keeps the environment broken for two hours, and is mended by the next one.
    const bad = commit("bad", iso(day));
    const broken = { head: bad, resources: [resource("quotes", { health: "Degraded" })] };
    await one.send(day + 10 * minute, {
      ...broken,
      syncs: [
        sync(bad, {
          startedAt: iso(day + minute),
          appliedAt: iso(day + 2 * minute),
          finishedAt: iso(day + 10 * minute),
          outcome: "failed",
        }),
      ],
    });
    await one.deploy(commit("mended", iso(day + 2 * hour)), day + 2 * hour + 10 * minute);
    await countDeliveryDays();

    const told = await figures(one.id);
    expect(told).toMatchObject({
      from: "2026-03-02",
      to: "2026-03-08",
      deployments: 3,
      changes: 4,
      failedChanges: 1,
      restores: 1,
    });
    expect(told.deploymentsPerDay).toBeCloseTo(3 / 7);
    const near = (ms: number | undefined, expected: number) =>
      expect(Math.abs(ms! / expected - 1)).toBeLessThan(0.03);
    near(told.lead?.p50, 10 * minute);
    near(told.lead?.p90, 20 * minute);
    near(told.restore?.p50, 2 * hour);
    expect(
      told.days.map(({ deployments, changes, failedChanges, restores }) => [
        deployments,
        changes,
        failedChanges,
        restores,
      ]),
    ).toEqual([[2, 2, 0, 0], [1, 2, 1, 1], ...Array.from({ length: 5 }, () => [0, 0, 0, 0])]);
  });

  test("of the organization are its environments' together, and of nobody else", async () => {
    const two = await deploying("two");
    await two.deploy(commit("c", iso(0)), 40 * minute);
    await countDeliveryDays();
    const all = await figures(null);
    expect(all).toMatchObject({ deployments: 4, changes: 5, failedChanges: 1, restores: 1 });
    expect((await figures(two.id)).deployments).toBe(1);
    const { ctx } = await makeTenant("Stranger");
    expect((await getDeliveryFigures({ ctx, input: { days: "7" }, now: new Date(start) })).deployments).toBe(
      0,
    );
    await expect(getDeliveryFigures({ ctx, input: { environmentId: two.id } })).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(getDeliveryFigures({ ctx, input: { days: "8" } })).rejects.toMatchObject({
      code: "invalid",
    });
  });

  test.each([
    ["a rollback", "rollback"],
    ["its revert", "revert"],
  ])("count a change as failed once %s is merged, on the day on which it was made", async (_, kind) => {
    const three = await deploying(kind);
    const change = commit("regretted", iso(0));
    await three.deploy(change, 10 * minute);
    await countDeliveryDays();
    expect((await figures(three.id)).failedChanges).toBe(0);
    const { organizationId } = tenant.ctx;
    const taken =
      kind === "rollback"
        ? { fromRevision: change.revision }
        : { fromRevision: sha("head"), commitRevision: change.revision };
    await withOrganization(organizationId, async (tx) => {
      const { repositoryId } = await tx.environment.findFirstOrThrow({ where: { id: three.id } });
      await tx.pullRequest.create({
        data: {
          ...{ organizationId, id: randomUUID(), kind, environmentId: three.id, repositoryId },
          ...{ status: "merged", branch: "back", ...taken, toRevision: sha("earlier") },
          ...{
            reason: "errors",
            requestedBy: tenant.userId,
            requester: "Ada",
            mergedAt: new Date(start + 2 * day),
          },
        },
      });
    });
    await three.deploy(commit("back", iso(2 * day)), 2 * day + 10 * minute);
    await countDeliveryDays();
    const told = await figures(three.id);
    expect(told.days.map((one) => one.failedChanges)).toEqual([1, 0, 0, 0, 0, 0, 0]);
    expect(told).toMatchObject({ changes: 2, deployments: 2 });
  });

  test("are the same when every report is told twice and every day is counted again", async () => {
    const four = await deploying("four");
    const [first, second] = [commit("d", iso(0)), commit("e", iso(hour))];
    const told = sync(first, { startedAt: iso(0), appliedAt: iso(minute), finishedAt: iso(minute) });
    await four.send(minute, { head: first, syncs: [told] });
    await four.send(2 * minute, { head: first, syncs: [told] });
    await four.deploy(second, 2 * hour);
    await countDeliveryDays();
    const before = await figures(four.id);
    expect(before.deployments).toBe(2);
    await withOrganization(tenant.ctx.organizationId, (tx) =>
      tx.deliveryDay.updateMany({ data: { stale: true }, where: { scope: four.id } }),
    );
    await Promise.all([countDeliveryDays(), countDeliveryDays()]);
    expect(await figures(four.id)).toEqual(before);
  });
});
