import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("leaves the last good state in force where a commit cannot be read: nothing is pruned, drift still heals", async () => {
  const world = await openWorld();
  await world.begin({ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b") });

  await world.commit({ "app/a.yaml": "data: {color: blue\n  size: [", "app/b.yaml": null });
  const problem = await world.problem("YamlInvalid");
  expect(problem).toMatchObject({ stage: "render", file: "app/a.yaml" });
  await world.kube.patch("ConfigMap/a", { data: { color: "red" } });
  await world.sync({ trigger: "drift", outcome: "succeeded" });
  expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "blue" });
  expect(await world.kube.has("ConfigMap/b")).toBe(true);

  await world.follow({ "app/a.yaml": configMap("a", { color: "green" }) });
  expect(await world.kube.has("ConfigMap/b")).toBe(false);
});
