import { expect, it } from "vitest";
import { configMap, eventually, openWorld } from "./test-world.ts";

it("shows a pruned object that a finalizer holds as Extra until it has really gone", async () => {
  const world = await openWorld();
  await world.begin({ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b") });
  await world.kube.patch("ConfigMap/b", { metadata: { finalizers: ["example.com/hold"] } });

  await world.commit({ "app/b.yaml": null });
  await eventually(async () => (await world.kube.get("ConfigMap/b"))?.metadata.deletionTimestamp);
  await eventually(() => world.resource("ConfigMap/b")?.sync === "Extra");
  expect(world.state()).not.toBe("Converged");

  await world.kube.patch("ConfigMap/b", { metadata: { finalizers: null } });
  await eventually(() => world.resource("ConfigMap/b") === undefined);
  await eventually(() => world.state() === "Converged");
});
