import { expect, it } from "vitest";
import { patientDeployment } from "./test-patience.ts";
import { configMap, eventually, openWorld } from "./test-world.ts";

it("killed while it waits for health: the sync that it began is told once, with its own times", async () => {
  const world = await openWorld();
  const quotes = patientDeployment(world, "quotes");
  const revision = await world.commit({ "app/quotes.yaml": quotes.file() });
  const first = world.spawn();
  await eventually(() => world.resource("Deployment/quotes")?.sync === "Synced");
  // The comparison that shows it is made after the apply, and what is open is on disk with it.
  await eventually(() => world.report()?.applying === false);
  await first.kill();
  const killedAt = Date.now();
  expect(world.syncs()).toEqual([]);

  world.spawn();
  await quotes.allow();
  const sync = await world.sync({ revision });
  expect(sync).toMatchObject({ outcome: "succeeded", trigger: "start" });
  expect(sync.objects.map(({ action }) => action)).toEqual(["created"]);
  expect(Date.parse(sync.appliedAt ?? "")).toBeLessThan(killedAt);
  await world.converged(revision);
  expect(world.syncs()).toHaveLength(1);
});

it("its deadline counts on while nobody runs, and it fails at the next start", async () => {
  const world = await openWorld({ environments: { production: { progressDeadline: "4s" } } });
  const quotes = patientDeployment(world, "quotes");
  await world.commit({ "app/quotes.yaml": quotes.file() });
  const first = world.spawn();
  await eventually(() => world.resource("Deployment/quotes")?.sync === "Synced");
  await eventually(() => world.report()?.applying === false);
  await first.kill();
  const deadline = Date.now() + 4000;
  await eventually(() => Date.now() > deadline);
  world.spawn();
  const sync = await world.sync({ outcome: "failed" });
  expect(sync.message).toContain("Deployment");
  expect(world.syncs()).toHaveLength(1);
});

it("killed around a hand edit: each putting back is told once", async () => {
  const world = await openWorld();
  const revision = await world.commit({ "app/a.yaml": configMap("a") });
  let agent = world.spawn();
  await world.converged(revision);
  const colors = ["red", "green", "yellow"];
  const drifts = () => world.syncs().filter(({ trigger }) => trigger === "drift");
  for (const color of colors) {
    await world.kube.patch("ConfigMap/a", { data: { color } });
    await eventually(async () => {
      const data = (await world.kube.get("ConfigMap/a"))?.data as { color?: string };
      return data.color === "blue";
    });
    // It is in the cluster; whether its record was written by now is what the kill decides.
    await agent.kill();
    agent = world.spawn();
    // The next edit is another one only once this one has been told of: what is healed together is told together.
    await eventually(() => drifts().length === colors.indexOf(color) + 1);
  }
  expect(drifts()).toHaveLength(colors.length);
  expect(world.syncs().map(({ outcome }) => outcome)).toEqual(Array(colors.length + 1).fill("succeeded"));
});
