import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cluster as KubeCluster, startCluster } from "../../scripts/kube/cluster.ts";
import { type KubeObject, refOf } from "../object.ts";
import { type Cluster, connect, observe } from "./index.ts";
import { until } from "./test-until.ts";

const kind = { group: "", version: "v1", kind: "ConfigMap" };
const manager = { fieldManager: "plumbline", force: true };
const configMap = (name: string, data = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default" },
  data,
});

describe("an API server that is killed and started again", () => {
  let folder: string;
  let kube: KubeCluster;
  let cluster: Cluster;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "plumbline-restart-"));
    kube = await startCluster({ dir: folder, name: "restart", log: () => {} });
    cluster = await connect({ kubeconfig: kube.kubeconfigPath });
  });
  afterAll(async () => {
    await cluster?.close();
    await kube?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test("is called unavailable meanwhile, and watched again after, with nothing lost or told twice", async () => {
    await cluster.apply(configMap("one"), manager);
    const observer = observe(cluster, { backoffMinMs: 50, backoffMaxMs: 500 });
    observer.follow([{ ...kind, namespace: "default" }]);
    await observer.whenSynced(10_000);
    const heard: string[] = [];
    observer.onChange((ref, object) => heard.push(`${object ? "set" : "gone"} ${ref.name}`));
    await kube.killApiserver();
    await until("it is called unavailable", () => observer.status(kind, "default").state === "unavailable");
    await kube.startApiserver();
    await until("it is synced again", () => observer.status(kind, "default").state === "synced");
    const two = await cluster.apply(configMap("two"), manager);
    await cluster.apply(configMap("one", { a: "1" }), manager);
    await until("both changes are seen", () => heard.length >= 2);
    expect(heard.filter((line) => !line.includes("kube-root"))).toEqual(["set two", "set one"]);
    expect(observer.find(refOf(two))).toBeDefined();
    observer.stop();
  });
});
