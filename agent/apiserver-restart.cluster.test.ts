import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { type Cluster as KubeCluster, startCluster } from "../scripts/kube/cluster.ts";
import { openBystanders, openShop } from "./behaviours/test-shop.ts";
import { eventually, openWorld } from "./behaviours/test-world.ts";

const folder = mkdtempSync(join(tmpdir(), "plumbline-restarted-"));
let kube: KubeCluster;

// A cluster of its own: the others' must not be killed.
beforeAll(async () => {
  kube = await startCluster({ dir: folder, name: "restarted", log: () => {} });
});
afterAll(async () => {
  await kube?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it("API server killed in the middle of an apply of 300 objects and started again: converges, one story, times true", async () => {
  const { server, adminToken, caData, kubeconfigPath } = kube;
  const { engines } = inject("cluster");
  const on = { server, adminToken, caData, kubeconfigPath, engines };
  const world = await openWorld({ proxy: true, on });
  const shop = openShop(7);
  const bystanders = await openBystanders(world);
  await world.begin(shop.change());
  expect(await shop.inCluster(world)).toEqual(shop.wanted());

  let killing: Promise<void> | undefined;
  let writes = 0;
  world.api.intercept(({ method, query }) => {
    if (method === "PATCH" && !query.has("dryRun") && ++writes === 150) killing = kube.killApiserver();
    return undefined;
  });
  const revision = await world.commit(shop.change());
  await eventually(() => killing !== undefined, 60_000);
  await killing;
  await eventually(() => world.resources().every(({ sync }) => sync === "Unknown"), 60_000);
  expect(world.resources()[0]?.syncReason).toMatch(/API server/);
  expect(world.state()).not.toBe("Converged");
  const startedAgainAt = new Date().toISOString();
  await kube.startApiserver();
  await world.sync({ revision, outcome: "succeeded" });
  await eventually(() => world.state() === "Converged", 60_000);

  expect(await shop.inCluster(world)).toEqual(shop.wanted());
  expect(await bystanders.now()).toEqual(bystanders.before);
  const story = world.syncs().filter((sync) => sync.revision === revision);
  expect(story.filter(({ outcome }) => outcome === "succeeded")).toHaveLength(1);
  expect(story.at(-1)?.outcome).toBe("succeeded");
  expect((story.at(-1)?.appliedAt ?? "") > startedAgainAt).toBe(true);
  for (const [at, sync] of story.slice(0, -1).entries()) {
    // Where it was still away when it was asked what it would refuse, nothing was applied at all.
    expect(["failed", "refused"]).toContain(sync.outcome);
    expect(sync.message).toMatch(/API server/);
    expect(sync.finishedAt <= (story[at + 1]?.startedAt ?? "")).toBe(true);
  }
  expect(story.slice(1).map(({ trigger }) => trigger)).toEqual(story.slice(1).map(() => "retry"));
});
