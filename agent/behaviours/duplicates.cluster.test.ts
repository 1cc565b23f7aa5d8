import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("refuses an object that stands twice in Git, and names both files", async () => {
  const world = await openWorld();
  await world.begin({ "app/a.yaml": configMap("a") });

  const twice = configMap("a", { color: "red" }, { namespace: world.namespace });
  await world.commit({ "app/again.yaml": twice });
  const problem = await world.problem("DuplicateObject");
  expect(problem.message).toMatch(/app\/a\.yaml/);
  expect(problem.message).toMatch(/app\/again\.yaml/);
  expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "blue" });
});
