import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { stringify } from "yaml";
import { connect } from "./index.ts";
import { clusterContract } from "./test-contract.ts";

clusterContract("real kube-apiserver", async () => {
  const { kubeconfigPath, server, caData } = inject("cluster");
  const folder = await mkdtemp(join(tmpdir(), "plumbline-restricted-"));
  const admin = await connect({ kubeconfig: kubeconfigPath });
  const apply = (object: Parameters<typeof admin.apply>[0]) =>
    admin.apply(object, { fieldManager: "contract", force: true });
  return {
    kubeconfig: kubeconfigPath,
    simulated: false,
    runsControllers: true,
    async restricted(namespace) {
      await apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "restricted", namespace } });
      await apply({
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
          name: "restricted",
          namespace,
          annotations: { "kubernetes.io/service-account.name": "restricted" },
        },
        type: "kubernetes.io/service-account-token",
      });
      const ref = { group: "", version: "v1", kind: "Secret", namespace, name: "restricted" };
      let token: string | undefined;
      for (const deadline = Date.now() + 20_000; !token && Date.now() < deadline; ) {
        const data = (await admin.get(ref))?.data as { token?: string } | undefined;
        token = data?.token && Buffer.from(data.token, "base64").toString("utf8");
      }
      const kubeconfig = join(folder, namespace);
      const config = {
        clusters: [
          {
            name: "c",
            cluster: { server, "certificate-authority-data": Buffer.from(caData).toString("base64") },
          },
        ],
        users: [{ name: "u", user: { token } }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
      };
      await writeFile(kubeconfig, stringify(config));
      const binding = {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata: { name: "reads", namespace },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
        subjects: [{ kind: "ServiceAccount", name: "restricted", namespace }],
      };
      return {
        kubeconfig,
        grant: async () => void (await apply(binding)),
        revoke: () =>
          admin.delete({
            group: "rbac.authorization.k8s.io",
            version: "v1",
            kind: "RoleBinding",
            namespace,
            name: "reads",
          }),
      };
    },
    async stop() {
      await admin.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
