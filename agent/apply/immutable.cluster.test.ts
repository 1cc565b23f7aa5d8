import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Cluster, connect } from "../cluster/index.ts";
import { type KubeObject, refOf } from "../object.ts";
import { applySet } from "./index.ts";

const namespace = `immutable-${process.pid}`;
const pod = (label: string, image = "a:1") => ({
  metadata: { labels: { app: label } },
  spec: { containers: [{ name: "a", image }] },
});
const object = (apiVersion: string, kind: string, rest: object): KubeObject =>
  ({ apiVersion, kind, metadata: { name: "one", namespace }, ...rest }) as KubeObject;
const rbac = "rbac.authorization.k8s.io";
const claim = (storage: string, mode: string) => ({
  spec: { accessModes: [mode], resources: { requests: { storage } }, storageClassName: "none" },
});

/** By field: the object as it is, and as it cannot become. */
const cases: [field: string, before: KubeObject, after: KubeObject][] = [
  [
    "spec.template",
    object("batch/v1", "Job", { spec: { template: { spec: { ...pod("a").spec, restartPolicy: "Never" } } } }),
    object("batch/v1", "Job", {
      spec: { template: { spec: { ...pod("a", "a:2").spec, restartPolicy: "Never" } } },
    }),
  ],
  [
    "spec",
    object("apps/v1", "StatefulSet", {
      spec: { serviceName: "a", selector: { matchLabels: { app: "a" } }, template: pod("a") },
    }),
    object("apps/v1", "StatefulSet", {
      spec: { serviceName: "b", selector: { matchLabels: { app: "a" } }, template: pod("a") },
    }),
  ],
  [
    "spec.clusterIP",
    object("v1", "Service", { spec: { type: "NodePort", ports: [{ port: 80, nodePort: 30_987 }] } }),
    object("v1", "Service", { spec: { clusterIP: "None", ports: [{ port: 80 }] } }),
  ],
  [
    "roleRef",
    object(`${rbac}/v1`, "RoleBinding", { roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "view" } }),
    object(`${rbac}/v1`, "RoleBinding", { roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "edit" } }),
  ],
  [
    "spec",
    object("v1", "PersistentVolumeClaim", claim("1Gi", "ReadWriteOnce")),
    object("v1", "PersistentVolumeClaim", claim("1Gi", "ReadWriteMany")),
  ],
  [
    "data",
    object("v1", "Secret", { immutable: true, stringData: { pin: "4711" } }),
    object("v1", "Secret", { immutable: true, stringData: { pin: "4712" } }),
  ],
];

describe("an immutable field", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await connect({ kubeconfig: inject("cluster").kubeconfigPath });
    const metadata = { name: namespace };
    await cluster.apply(
      { apiVersion: "v1", kind: "Namespace", metadata },
      { fieldManager: "test", force: true },
    );
  });
  afterAll(async () => {
    await cluster.delete({ group: "", version: "v1", kind: "Namespace", namespace: "", name: namespace });
    await cluster.close();
  });
  const apply = (one: KubeObject, recreateKinds: string[] = []) =>
    applySet(cluster, {
      ...{ environment: "shop", objects: [{ object: one }], previousInventory: [], prune: true },
      ...{ recreateKinds, progressDeadlineMs: 30_000 },
    });

  test.each(cases)(
    "is known by what the API server says of a new object: %s",
    async (field, before, after) => {
      expect((await apply(before)).problem).toBeUndefined();
      const uid = (await cluster.get(refOf(before)))?.metadata.uid;
      const { problem, applied } = await apply(after);
      expect(applied).toBe(false);
      expect(problem).toMatchObject({ stage: "validate", reason: "Immutable", next: "stalled" });
      expect(problem?.message).toContain(field);
      expect(problem?.message).not.toMatch(/471\d/);
      expect((await cluster.get(refOf(before)))?.metadata.uid).toBe(uid);

      const { problem: none, outcomes } = await apply(after, [after.kind]);
      expect(none).toBeUndefined();
      expect(outcomes.map(({ action }) => action)).toEqual(["recreated"]);
      expect((await cluster.get(refOf(before)))?.metadata.uid).not.toBe(uid);
    },
  );

  test("is not the reason where the object would be refused as a new one, too, and nothing is removed", async () => {
    const deployment = (replicas: number) =>
      object("apps/v1", "Deployment", {
        spec: { replicas, selector: { matchLabels: { app: "a" } }, template: pod("a") },
      });
    await apply(deployment(1));
    const uid = (await cluster.get(refOf(deployment(1))))?.metadata.uid;
    const { problem } = await apply(deployment(-1), ["Deployment"]);
    expect(problem).toMatchObject({ reason: "Invalid", message: expect.stringContaining("spec.replicas") });
    expect((await cluster.get(refOf(deployment(1))))?.metadata.uid).toBe(uid);
  });
});
