import { expect, it } from "vitest";
import { configMap, eventually, messageOf, openWorld } from "./test-world.ts";

it("never prunes when Git renders to nothing at all", async () => {
  const world = await openWorld();
  await world.begin({ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b") });

  const revision = await world.commit({ "app/a.yaml": "# moved\n", "app/b.yaml": "" });
  const sync = await world.sync({ revision });
  expect(messageOf(sync, "ConfigMap/a")).toMatch(/Not pruned: Git renders to nothing at all/);
  await eventually(() => world.resources().every((one) => one.sync === "Extra"));
  expect(await world.kube.has("ConfigMap/a")).toBe(true);
  expect(await world.kube.has("ConfigMap/b")).toBe(true);

  await world.follow({ "app/a.yaml": configMap("a") });
  expect(await world.kube.has("ConfigMap/b")).toBe(false);
});
