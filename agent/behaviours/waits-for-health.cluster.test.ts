import { expect, it } from "vitest";
import { patientDeployment } from "./test-patience.ts";
import { configMap, eventually, openWorld } from "./test-world.ts";

it("has not succeeded before every object is healthy, and then says when each thing happened", async () => {
  const world = await openWorld();
  const quotes = patientDeployment(world, "quotes");
  const revision = await world.commit({ "app/quotes.yaml": quotes.file(), "app/a.yaml": configMap("a") });
  await world.start();
  await eventually(() => world.resource("Deployment/quotes")?.sync === "Synced");
  await eventually(() => world.resource("Deployment/quotes")?.health !== "Missing");
  // Other work goes on meanwhile: a hand edit is put back while the sync is still waited for.
  await world.kube.patch("ConfigMap/a", { data: { color: "red" } });
  await world.sync({ trigger: "drift", outcome: "succeeded" });
  expect(world.syncs().filter(({ trigger }) => trigger === "start")).toEqual([]);

  await quotes.allow();
  const sync = await world.sync({ revision, trigger: "start" });
  expect(sync.outcome).toBe("succeeded");
  const times = [sync.commit?.committedAt, sync.noticedAt, sync.startedAt, sync.appliedAt, sync.finishedAt];
  const at = times.map((time) => Date.parse(time ?? "never"));
  expect(at).toEqual([...at].sort((a, b) => a - b));
  await world.converged(revision);
  expect([...world.told.values()].map((all) => all.length)).toEqual([1, 1]);
});
