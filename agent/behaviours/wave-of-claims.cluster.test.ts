import { expect, it } from "vitest";
import { configMap, eventually, manifest, openWorld } from "./test-world.ts";

it("does not wait for a volume claim that is bound only once a later wave uses it", async () => {
  const world = await openWorld({ environments: { production: { progressDeadline: "1h" } } });
  const annotations = { "plumbline.dev/wave": "1" };
  await world.commit({
    "app/disk.yaml": manifest({
      ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "disk" } },
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1Gi" } },
        storageClassName: "on-first-use",
      },
    }),
    "app/user.yaml": configMap("user", {}, { annotations }),
  });
  await world.start();
  await eventually(() => world.kube.has("ConfigMap/user"), 20_000);
  expect((await world.kube.get("PersistentVolumeClaim/disk"))?.status).toMatchObject({ phase: "Pending" });
});
