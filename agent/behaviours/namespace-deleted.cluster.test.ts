import { expect, it } from "vitest";
import { configMap, eventually, manifest, openWorld } from "./test-world.ts";

it("brings a namespace that was deleted by hand back, with everything in it", async () => {
  const world = await openWorld();
  const name = `shop-${world.suffix}`;
  await world.begin({
    "app/namespace.yaml": manifest({ apiVersion: "v1", kind: "Namespace", metadata: { name } }),
    "app/a.yaml": configMap("a", {}, { namespace: name }),
    "app/b.yaml": configMap("b", {}, { namespace: name }),
  });
  const before = (await world.kube.get(`Namespace/${name}`))?.metadata.uid;

  await world.kube.delete(`Namespace/${name}`);
  await eventually(async () => {
    const now = await world.kube.get(`Namespace/${name}`);
    return now && now.metadata.uid !== before && !now.metadata.deletionTimestamp;
  }, 60_000);
  await eventually(() => world.kube.has("ConfigMap/a", name), 60_000);
  await eventually(() => world.kube.has("ConfigMap/b", name), 60_000);
  await eventually(() => world.state() === "Converged", 60_000);
  expect(world.syncs().some(({ trigger }) => trigger === "drift")).toBe(true);
  await world.kube.delete(`Namespace/${name}`);
});
