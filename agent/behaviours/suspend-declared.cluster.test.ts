import { expect, it } from "vitest";
import { configMap, eventually, openWorld } from "./test-world.ts";

it("suspended by its declaration: told and not applied, and converged at once when that is taken out", async () => {
  const world = await openWorld();
  const first = await world.commit({ "app/a.yaml": configMap("a") });
  await world.start();
  await world.converged(first);

  const suspend = { reason: "incident 7", owner: "Ada" };
  world.declare({ production: { suspend, interval: "1h" } });
  await eventually(() => world.state() === "Suspended");
  expect(world.report()?.suspended).toEqual({ ...suspend, until: null, by: "declaration" });
  await world.commit({ "app/a.yaml": configMap("a", { color: "green" }), "app/b.yaml": configMap("b") });
  await world.kube.patch("ConfigMap/a", { data: { by: "hand" } });
  // What differs is seen and said all the while.
  await eventually(() => world.resource("ConfigMap/b")?.sync === "Missing");
  await eventually(() => world.resource("ConfigMap/a")?.sync === "Modified");
  expect(await world.kube.has("ConfigMap/b")).toBe(false);

  world.declare({ production: { interval: "1h" } });
  const resumed = await world.sync({ trigger: "resume" });
  expect(resumed.outcome).toBe("succeeded");
  expect((await world.kube.get("ConfigMap/a"))?.data).toMatchObject({ color: "green" });
  expect(await world.kube.has("ConfigMap/b")).toBe(true);
});

it("a declared suspension with an end is over at that instant, not at the next interval", async () => {
  const world = await openWorld();
  const until = new Date(Date.now() + 4000).toISOString();
  world.declare({ production: { interval: "1h", suspend: { reason: "wait", owner: "Ada", until } } });
  await world.commit({ "app/a.yaml": configMap("a") });
  await world.start();
  await eventually(() => world.state() === "Suspended");
  const sync = await world.sync({ trigger: "resume" });
  expect(Date.parse(sync.startedAt)).toBeGreaterThanOrEqual(Date.parse(until));
  expect(Date.parse(sync.startedAt)).toBeLessThan(Date.parse(until) + 30_000);
});
