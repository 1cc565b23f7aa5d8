import { expect, it } from "vitest";
import { configMap, openWorld, outcomeOf } from "./test-world.ts";

it("prunes what a commit removed, and nothing that it did not apply itself", async () => {
  const world = await openWorld();
  await world.begin({ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b") });
  const ours = (await world.kube.get("ConfigMap/a"))?.metadata.labels;
  await world.kube.apply({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "lookalike", labels: ours },
  });

  const sync = await world.follow({ "app/b.yaml": null });
  expect(outcomeOf(sync, "ConfigMap/b")).toBe("pruned");
  expect(await world.kube.has("ConfigMap/b")).toBe(false);
  expect(await world.kube.has("ConfigMap/a")).toBe(true);
  expect(await world.kube.has("ConfigMap/lookalike")).toBe(true);
});
