import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ContractClient, eventually } from "./contract-client.ts";
import { type JsonMap, listAt, mapAt, textAt } from "./json.ts";
import { type FakeKubernetesOptions, startFakeKubernetes } from "./start.ts";

async function start(options: Partial<FakeKubernetesOptions> = {}) {
  const fake = await startFakeKubernetes({ name: "test", podReadyMs: 20, ...options });
  const client = new ContractClient(fake.kubeconfigPath);
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    await client.close();
    await fake.stop();
  };
  onTestFinished(stop);
  return { fake, client, stop };
}

const deployment = (image: string): JsonMap => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image }] } },
  },
});
const DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/web";

const reasonOf = (object: JsonMap, type: string): string =>
  textAt(
    listAt(object, "status", "conditions").find((c) => textAt(c, "type") === type),
    "reason",
  );

test("a cluster says that it is simulated", async () => {
  const { client } = await start();
  expect(textAt((await client.get("/version")).body, "gitVersion")).toMatch(/^v1\.\d+\.\d+-simulated$/);
});

test("state, identity and credentials survive a restart, and watches resume across it", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "simulated-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const url = "/api/v1/namespaces/default/configmaps";
  const kubeSystem = "/api/v1/namespaces/kube-system";
  const first = await start({ dataDir });
  const metadata = { name: "kept" };
  const kept = await first.client.apply(
    `${url}/kept`,
    { apiVersion: "v1", kind: "ConfigMap", metadata },
    "test",
  );
  const before = await first.client.get(kubeSystem);
  await first.stop();
  const second = await start({ dataDir });
  expect(second.fake.token).toBe(first.fake.token);
  expect((await second.client.get(`${url}/kept`)).body).toEqual(kept.body);
  expect((await second.client.get(kubeSystem)).body).toEqual(before.body);
  const next = await second.client.apply(
    `${url}/kept`,
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "b" } },
    "test",
  );
  const version = (object: JsonMap): number => Number(textAt(object, "metadata", "resourceVersion"));
  expect(version(next.body)).toBeGreaterThan(version(kept.body));
  const list = await second.client.get(url);
  const events = await second.client.watch(
    `${url}?watch=1&timeoutSeconds=1&resourceVersion=${version(list.body)}`,
  );
  expect(events).toEqual([]);
});

test("custom resources are served again after a restart", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "simulated-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const first = await start({ dataDir });
  const schema = { openAPIV3Schema: { type: "object" } };
  await first.client.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "cups.example.com" },
    spec: {
      group: "example.com",
      scope: "Cluster",
      names: { plural: "cups", kind: "Cup" },
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  });
  await first.stop();
  const { client } = await start({ dataDir });
  expect((await client.get("/apis/example.com/v1/cups")).body).toMatchObject({ kind: "CupList", items: [] });
});

test("an image that cannot be pulled stops the rollout and is told after the deadline, while the old pods serve", async () => {
  const { client } = await start({ progressDeadlineMs: 300 });
  const state = async (): Promise<JsonMap> => (await client.get(DEPLOYMENT)).body;
  await client.apply(DEPLOYMENT, deployment("web:1"), "test");
  await eventually("it is available", state, (object) => mapAt(object, "status")?.availableReplicas === 2);
  await client.apply(DEPLOYMENT, deployment("web:broken"), "test");
  const stuck = await eventually(
    "the deadline is exceeded",
    state,
    (object) => reasonOf(object, "Progressing") === "ProgressDeadlineExceeded",
  );
  expect(reasonOf(stuck, "Available")).toBe("MinimumReplicasAvailable");
  expect(stuck).toMatchObject({
    status: { availableReplicas: 2, updatedReplicas: 1, unavailableReplicas: 1 },
  });
  const pods = await client.get("/api/v1/namespaces/default/pods");
  const waiting = listAt(pods.body, "items").flatMap((pod) =>
    listAt(pod, "status", "containerStatuses").map((c) => textAt(c, "state", "waiting", "reason")),
  );
  expect(waiting).toContain("ImagePullBackOff");
  await client.apply(DEPLOYMENT, deployment("web:1"), "test");
  await eventually(
    "it has recovered",
    state,
    (object) =>
      reasonOf(object, "Progressing") === "NewReplicaSetAvailable" && mapAt(object, "status")?.replicas === 2,
  );
});

test("a Job runs to its completion, and a claim is bound", async () => {
  const { client } = await start();
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "once", image: "once:1" }] } };
  const metadata = { name: "once" };
  await client.create("/apis/batch/v1/namespaces/default/jobs", {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata,
    spec: { template },
  });
  await eventually(
    "the Job is complete",
    async () => (await client.get("/apis/batch/v1/namespaces/default/jobs/once")).body,
    (object) =>
      reasonOf(object, "Complete") === "CompletionsReached" && mapAt(object, "status")?.succeeded === 1,
  );
  const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
  const claims = "/api/v1/namespaces/default/persistentvolumeclaims";
  await client.create(claims, { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata, spec });
  const phase = async (): Promise<string> =>
    textAt((await client.get(`${claims}/once`)).body, "status", "phase");
  await eventually("the claim is bound", phase, (found) => found === "Bound");
});

test("a watch from before the bounded log of changes gets 410", async () => {
  const { client } = await start({ watchLogLimit: 10 });
  const url = "/api/v1/namespaces/default/configmaps";
  for (let i = 0; i < 12; i++) {
    await client.apply(
      `${url}/many`,
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "many" }, data: { i: String(i) } },
      "test",
    );
  }
  expect(await client.watch(`${url}?watch=1&timeoutSeconds=1&resourceVersion=1`)).toMatchObject([
    { type: "ERROR", object: { code: 410 } },
  ]);
});
