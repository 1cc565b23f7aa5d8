import { rmSync } from "node:fs";
import { expect, it } from "vitest";
import { openBystanders } from "./test-shop.ts";
import { configMap, openWorld, outcomeOf } from "./test-world.ts";

it("finds its inventory in the cluster when its disk was lost, and prunes what Git dropped meanwhile, but no lookalike", async () => {
  const world = await openWorld();
  const first = await world.commit({ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b") });
  const agent = await world.start();
  await world.converged(first);
  await agent.stop();
  rmSync(world.dataDir, { recursive: true });
  const lookalikes = await openBystanders(world);

  const second = await world.commit({ "app/b.yaml": null });
  await world.start();
  const sync = await world.converged(second);
  expect(outcomeOf(sync, "ConfigMap/a")).toBe("unchanged");
  expect(outcomeOf(sync, "ConfigMap/b")).toBe("pruned");
  expect(await world.kube.has("ConfigMap/b")).toBe(false);
  expect(await lookalikes.now()).toEqual(lookalikes.before);
});
