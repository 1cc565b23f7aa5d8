import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("never prunes when the path has gone from Git, and says which path", async () => {
  const world = await openWorld();
  await world.begin({ "app/a.yaml": configMap("a"), "README.md": "Settings" });

  await world.commit({ "app/a.yaml": null });
  const problem = await world.problem("PathNotFound");
  expect(problem.message).toMatch(/app/);
  expect(await world.kube.has("ConfigMap/a")).toBe(true);
});
