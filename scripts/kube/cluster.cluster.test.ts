import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withNamespace } from "#e2e/tiers/namespace.ts";
import { connect, type KubeApi, waitUntil } from "./api.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const deployment = (name: string, image: string, annotations: Record<string, string> = {}) =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name }, annotations },
        spec: { containers: [{ name: "main", image }] },
      },
    },
  });

const waitingReason = (reason: string) =>
  `--for=jsonpath={.status.containerStatuses[*].state.waiting.reason}=${reason}`;

describe("a started cluster", () => {
  test("makes a Deployment available", () =>
    withNamespace(async ({ kubectl }) => {
      await kubectl(["apply", "--server-side", "-f", "-"], deployment("web", "nginx:1.29"));
      await kubectl(["wait", "deployment/web", "--for=condition=Available", "--timeout=30s"]);
      expect(await kubectl(["get", "deployment/web", "-o", "jsonpath={.status.readyReplicas}"])).toBe("2");
    }));

  test("keeps a pod whose image cannot be pulled in ImagePullBackOff", () =>
    withNamespace(async ({ kubectl }) => {
      await kubectl(["apply", "-f", "-"], deployment("web", "registry.invalid/web:1"));
      await kubectl(["wait", "pod", "-l", "app=web", "--for=create", "--timeout=30s"]);
      await kubectl(["wait", "pod", "-l", "app=web", waitingReason("ImagePullBackOff"), "--timeout=30s"]);
    }));

  test("keeps a pod that is told to crash in CrashLoopBackOff", () =>
    withNamespace(async ({ kubectl }) => {
      await kubectl(
        ["apply", "-f", "-"],
        deployment("web", "nginx:1.29", { "plumbline.dev/simulate": "crash-loop" }),
      );
      await kubectl(["wait", "pod", "-l", "app=web", "--for=create", "--timeout=30s"]);
      await kubectl(["wait", "pod", "-l", "app=web", waitingReason("CrashLoopBackOff"), "--timeout=30s"]);
    }));

  test("binds a StatefulSet's volume claims", () =>
    withNamespace(async ({ kubectl }) => {
      const labels = { app: "store" };
      const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
      const statefulSet = {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata: { name: "store" },
        spec: {
          serviceName: "store",
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: "main", image: "postgres:18" }] } },
          volumeClaimTemplates: [{ metadata: { name: "files" }, spec: claim }],
        },
      };
      await kubectl(["apply", "-f", "-"], JSON.stringify(statefulSet));
      await kubectl(["rollout", "status", "statefulset/store", "--timeout=30s"]);
      expect(await kubectl(["get", "pvc", "-o", "jsonpath={.items[*].status.phase}"])).toBe("Bound");
    }));

  test("gives a Service of type LoadBalancer an address", () =>
    withNamespace(async ({ kubectl }) => {
      await kubectl(["create", "service", "loadbalancer", "web", "--tcp=80"]);
      await kubectl([
        "wait",
        "service/web",
        "--for=jsonpath={.status.loadBalancer.ingress[0].ip}",
        "--timeout=30s",
      ]);
    }));

  test("gives a service account a token that the API accepts, with the rights RBAC grants it and no other", () =>
    withNamespace(async ({ kubectl, name, server, caData }) => {
      await kubectl(["create", "serviceaccount", "reader"]);
      await kubectl(["create", "role", "reader", "--verb=get,list", "--resource=configmaps"]);
      await kubectl(["create", "rolebinding", "reader", "--role=reader", `--serviceaccount=${name}:reader`]);
      const as = `--as=system:serviceaccount:${name}:reader`;
      expect((await kubectl(["auth", "can-i", "list", "configmaps", as])).trim()).toBe("yes");
      await expect(kubectl(["auth", "can-i", "delete", "configmaps", as])).rejects.toThrow(/no/);

      const token = (await kubectl(["create", "token", "reader"])).trim();
      const api = connect(server, caData, token);
      try {
        expect((await api.get(`/api/v1/namespaces/${name}/configmaps`)).status).toBe(200);
        expect((await api.get(`/api/v1/namespaces/${name}/secrets`)).status).toBe(403);
      } finally {
        await api.close();
      }
    }));
});

describe("a cluster of one's own", () => {
  const inOwnCluster = async (body: (start: () => Promise<Cluster>) => Promise<void>) => {
    const dir = await mkdtemp(join(tmpdir(), "plumbline-own-cluster-"));
    const started: Cluster[] = [];
    try {
      await body(async () => {
        const cluster = await startCluster({ dir, log: () => undefined });
        started.push(cluster);
        return cluster;
      });
    } finally {
      for (const cluster of started) await cluster.stop();
      await rm(dir, { recursive: true, force: true });
    }
  };
  const configMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "kept" },
    data: { key: "value" },
  };
  const expectPodsToRun = async (api: KubeApi) => {
    const path = "/api/v1/namespaces/default/pods";
    const spec = { containers: [{ name: "main", image: "nginx:1.29" }] };
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "later" }, spec };
    expect((await api.post(path, pod)).status).toBe(201);
    // Less than a lease's 40 s and than a controller's back-off.
    await waitUntil("the pod runs", 15_000, noChecks, async () => {
      const { body } = await api.get(`${path}/later`);
      return (body as { status: { phase: string } }).status.phase === "Running";
    });
  };
  const noChecks = () => undefined;
  const configMaps = "/api/v1/namespaces/default/configmaps";

  test("keeps its data and its address when the apiserver is killed and started again", () =>
    inOwnCluster(async (start) => {
      const cluster = await start();
      const api = connect(cluster.server, cluster.caData, cluster.adminToken);
      expect((await api.post(configMaps, configMap)).status).toBe(201);
      const before = cluster.pids["kube-apiserver"];

      await cluster.killApiserver();
      await expect(api.get(configMaps)).rejects.toThrow();

      await cluster.startApiserver();
      expect(cluster.pids["kube-apiserver"]).not.toBe(before);
      expect(await api.get(`${configMaps}/kept`)).toMatchObject({
        status: 200,
        body: { data: { key: "value" } },
      });
      await api.close();
    }));

  test("keeps its data, address and tokens when it is stopped and started on the same folder", () =>
    inOwnCluster(async (start) => {
      const first = await start();
      const api = connect(first.server, first.caData, first.adminToken);
      expect((await api.post(configMaps, configMap)).status).toBe(201);
      await first.stop();

      const second = await start();
      expect(second).toMatchObject({ server: first.server, caData: first.caData });
      expect(await api.get(`${configMaps}/kept`)).toMatchObject({ status: 200 });
      await expectPodsToRun(api);
      await api.close();
    }));

  test("leaves no process behind when it is stopped", () =>
    inOwnCluster(async (start) => {
      const cluster = await start();
      const pids = Object.values(cluster.pids);
      expect(pids).toHaveLength(5);
      await cluster.stop();
      for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    }));
});
