import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("converges 300 objects, changes them all in one commit, and removes half of them in another", async () => {
  const world = await openWorld();
  const names = Array.from({ length: 300 }, (_, index) => `item-${index}`);
  const files = (color: string) =>
    Object.fromEntries(names.map((name) => [`app/${name}.yaml`, configMap(name, { color })]));
  await world.begin(files("blue"));

  const changed = await world.follow(files("green"));
  expect(changed.objects.filter(({ action }) => action === "configured")).toHaveLength(300);
  const pruned = await world.follow(
    Object.fromEntries(names.slice(150).map((name) => [`app/${name}.yaml`, null])),
  );
  expect(pruned.objects.filter(({ action }) => action === "pruned")).toHaveLength(150);
  expect(world.resources()).toHaveLength(150);
  expect(await world.kube.has("ConfigMap/item-149")).toBe(true);
  expect(await world.kube.has("ConfigMap/item-150")).toBe(false);
});
