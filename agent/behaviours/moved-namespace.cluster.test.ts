import { expect, it } from "vitest";
import { configMap, manifest, openWorld } from "./test-world.ts";

it("moves an object to another namespace: made there, removed here", async () => {
  const world = await openWorld();
  const other = `other-${world.suffix}`;
  const namespace = manifest({ apiVersion: "v1", kind: "Namespace", metadata: { name: other } });
  await world.begin({ "app/namespace.yaml": namespace, "app/a.yaml": configMap("a") });

  const sync = await world.follow({ "app/a.yaml": configMap("a", {}, { namespace: other }) });
  const moves = sync.objects.filter(({ ref }) => ref.name === "a");
  expect(moves.map(({ ref, action }) => `${ref.namespace} ${action}`)).toEqual([
    `${other} created`,
    `${world.namespace} pruned`,
  ]);
  expect(await world.kube.has("ConfigMap/a", other)).toBe(true);
  expect(await world.kube.has("ConfigMap/a")).toBe(false);
  await world.kube.delete(`Namespace/${other}`);
});
