import { expect, it } from "vitest";
import { configMap, openWorld, outcomeOf } from "./test-world.ts";

it("changes what a commit changes, and touches nothing else", async () => {
  const world = await openWorld({ proxy: true });
  const names = ["a", "b", "c", "d"];
  await world.begin(Object.fromEntries(names.map((name) => [`app/${name}.yaml`, configMap(name)])));
  const versions = () =>
    Promise.all(
      names.map(async (name) => (await world.kube.get(`ConfigMap/${name}`))?.metadata.resourceVersion),
    );
  const before = await versions();
  const started = Date.now();

  const sync = await world.follow({ "app/c.yaml": configMap("c", { color: "green" }) });
  const after = await versions();
  expect((await world.kube.get("ConfigMap/c"))?.data).toEqual({ color: "green" });
  expect(after.map((version, at) => version === before[at])).toEqual([true, true, false, true]);
  expect(names.map((name) => outcomeOf(sync, `ConfigMap/${name}`))).toEqual([
    "unchanged",
    "unchanged",
    "configured",
    "unchanged",
  ]);
  expect(world.api.writes(started).map(({ path }) => path)).toEqual([
    `/api/v1/namespaces/${world.namespace}/configmaps/c`,
  ]);
});
