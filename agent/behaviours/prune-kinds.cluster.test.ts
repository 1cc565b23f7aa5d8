import { expect, it } from "vitest";
import { configMap, eventually, manifest, messageOf, openWorld, outcomeOf } from "./test-world.ts";

const claim = (name: string, annotations = {}) =>
  manifest({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, annotations },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  });

it("prunes namespaces and volume claims only where that is declared, by kind or on the object", async () => {
  const world = await openWorld();
  const name = `pruned-${world.suffix}`;
  const namespace = manifest({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  const revision = await world.commit({
    "app/stays.yaml": configMap("stays"),
    "app/namespace.yaml": namespace,
    "app/disk.yaml": claim("disk"),
    "app/scratch.yaml": claim("scratch", { "plumbline.dev/prune": "enabled" }),
  });
  await world.start();
  await eventually(async () => world.kube.has("PersistentVolumeClaim/scratch"));

  const gone = { "app/namespace.yaml": null, "app/disk.yaml": null, "app/scratch.yaml": null };
  const kept = await world.sync({ revision: await world.commit(gone) });
  expect(revision).not.toBe(kept.revision);
  expect(messageOf(kept, `Namespace/${name}`)).toMatch(/only where pruneKinds.*everything in it/);
  expect(messageOf(kept, "PersistentVolumeClaim/disk")).toMatch(/its data would be lost/);
  expect(outcomeOf(kept, "PersistentVolumeClaim/scratch")).toBe("pruned");
  expect(await world.kube.has(`Namespace/${name}`)).toBe(true);

  world.declare({ production: { pruneKinds: ["Namespace", "PersistentVolumeClaim"] } });
  await eventually(() => world.syncs().some(({ trigger }) => trigger === "declaration"));
  const sync = world.syncs().find(({ trigger }) => trigger === "declaration")!;
  expect(outcomeOf(sync, `Namespace/${name}`)).toBe("pruned");
  expect(outcomeOf(sync, "PersistentVolumeClaim/disk")).toBe("pruned");
  await eventually(async () => !(await world.kube.has(`Namespace/${name}`)));
});
