import { expect, test } from "vitest";
import type { Bench } from "../contract-bench.ts";
import { eventually } from "../contract-client.ts";
import { type JsonMap, listAt, mapAt, textAt } from "../json.ts";

const workload = (kind: string, image: string, spec: JsonMap): JsonMap => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image }] } },
    ...spec,
  },
});

const conditionOf = (object: JsonMap, type: string): string => {
  const found = listAt(object, "status", "conditions").find((c) => textAt(c, "type") === type);
  return `${textAt(found, "status")} ${textAt(found, "reason")}`;
};

/** Workloads become ready, roll over, and scale. */
export function workloadContract(bench: Bench): void {
  test("a Deployment becomes available, rolls to a new template, and scales", async () => {
    const namespace = await bench.namespace();
    const url = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
    const settled = (what: string, revision: string, replicas: number): Promise<JsonMap> =>
      eventually(
        what,
        async () => (await bench.client.get(url)).body,
        (object) =>
          mapAt(object, "status")?.availableReplicas === replicas &&
          mapAt(object, "status")?.updatedReplicas === replicas &&
          mapAt(object, "status")?.replicas === replicas &&
          mapAt(object, "status")?.observedGeneration === mapAt(object, "metadata")?.generation &&
          conditionOf(object, "Progressing") === "True NewReplicaSetAvailable" &&
          textAt(object, "metadata", "annotations", "deployment.kubernetes.io/revision") === revision,
      );
    await bench.client.apply(
      url,
      workload("Deployment", "registry.example/web:1", { replicas: 2 }),
      "contract",
    );
    const up = await settled("two pods are available", "1", 2);
    expect(conditionOf(up, "Available")).toBe("True MinimumReplicasAvailable");
    expect(listAt(up, "metadata", "managedFields").at(-1)).toMatchObject({
      manager: "kube-controller-manager",
      operation: "Update",
      subresource: "status",
    });
    await bench.client.apply(
      url,
      workload("Deployment", "registry.example/web:2", { replicas: 2 }),
      "contract",
    );
    await settled("the new template runs", "2", 2);
    const sets = await bench.client.get(`/apis/apps/v1/namespaces/${namespace}/replicasets`);
    const counts = listAt(sets.body, "items").map((set) => mapAt(set, "spec")?.replicas);
    expect(counts.sort()).toEqual([0, 2]);
    await bench.client.apply(
      url,
      workload("Deployment", "registry.example/web:2", { replicas: 1 }),
      "contract",
    );
    await settled("one pod is left", "2", 1);
    const pods = await bench.client.get(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Dweb`);
    const [pod] = listAt(pods.body, "items").filter((item) => !mapAt(item, "metadata")?.deletionTimestamp);
    expect(textAt(pod, "status", "phase")).toBe("Running");
    expect(conditionOf(pod as JsonMap, "Ready")).toMatch(/^True/);
  });

  test("a StatefulSet's and a DaemonSet's pods become ready", async () => {
    const namespace = await bench.namespace();
    const base = `/apis/apps/v1/namespaces/${namespace}`;
    const image = "registry.example/web:1";
    await bench.client.apply(
      `${base}/statefulsets/web`,
      workload("StatefulSet", image, { replicas: 2, serviceName: "web" }),
      "contract",
    );
    await bench.client.apply(`${base}/daemonsets/web`, workload("DaemonSet", image, {}), "contract");
    const set = await eventually(
      "the StatefulSet is ready",
      async () => (await bench.client.get(`${base}/statefulsets/web`)).body,
      (object) => mapAt(object, "status")?.readyReplicas === 2,
    );
    expect(textAt(set, "status", "currentRevision")).toBe(textAt(set, "status", "updateRevision"));
    expect((await bench.client.get(`/api/v1/namespaces/${namespace}/pods/web-1`)).status).toBe(200);
    await eventually(
      "the DaemonSet is ready",
      async () => (await bench.client.get(`${base}/daemonsets/web`)).body,
      (object) =>
        mapAt(object, "status")?.numberReady === 1 && mapAt(object, "status")?.desiredNumberScheduled === 1,
    );
  });
}
