import { expect, it } from "vitest";
import { configMap, manifest, openWorld, outcomeOf } from "./test-world.ts";

it("takes a List apart: each object in it is applied, compared and pruned by itself", async () => {
  const world = await openWorld();
  const list = (...names: string[]) =>
    manifest({ apiVersion: "v1", kind: "List", items: names.map((name) => JSON.parse(configMap(name))) });
  const sync = await world.begin({ "app/all.yaml": list("a", "b") });
  expect(sync.objects.map(({ ref }) => `${ref.kind}/${ref.name}`)).toEqual(["ConfigMap/a", "ConfigMap/b"]);

  const next = await world.follow({ "app/all.yaml": list("a") });
  expect(outcomeOf(next, "ConfigMap/a")).toBe("unchanged");
  expect(outcomeOf(next, "ConfigMap/b")).toBe("pruned");
});
