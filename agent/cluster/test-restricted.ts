import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Agent, request } from "undici";
import { stringify } from "yaml";
import type { Cluster } from "./types.ts";

/** Makes a service account that may do nothing in `namespace` until `grant` lets it read there. */
export async function restrictedAccount(
  admin: Cluster,
  server: { url: string; token: string; caData: string },
  namespace: string,
  folder: string,
) {
  const apply = (object: Parameters<Cluster["apply"]>[0]) =>
    admin.apply(object, { fieldManager: "contract", force: true });
  await apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "restricted", namespace } });
  const dispatcher = new Agent({ connect: { ca: server.caData } });
  const answer = await request(
    `${server.url}/api/v1/namespaces/${namespace}/serviceaccounts/restricted/token`,
    {
      method: "POST",
      dispatcher,
      headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
      body: JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} }),
    },
  );
  const { status } = (await answer.body.json()) as { status: { token: string } };
  await dispatcher.close();
  const kubeconfig = join(folder, namespace);
  await writeTestKubeconfig(kubeconfig, { ...server, token: status.token });
  const group = "rbac.authorization.k8s.io";
  const rule = { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] };
  const reads = { name: "reads", namespace };
  const subjects = [{ kind: "ServiceAccount", name: "restricted", namespace }];
  return {
    kubeconfig,
    async grant() {
      await apply({ apiVersion: `${group}/v1`, kind: "Role", metadata: reads, rules: [rule] });
      const roleRef = { apiGroup: group, kind: "Role", name: "reads" };
      await apply({ apiVersion: `${group}/v1`, kind: "RoleBinding", metadata: reads, roleRef, subjects });
    },
    revoke: () => admin.delete({ group, version: "v1", kind: "RoleBinding", ...reads }),
  };
}

/** An account that may read everything of `namespace` but for ConfigMaps, which `grant` and `revoke` decide. */
export async function readerAccount(
  admin: Cluster,
  server: { url: string; token: string; caData: string },
  namespace: string,
  folder: string,
) {
  const account = await restrictedAccount(admin, server, namespace, folder);
  const group = "rbac.authorization.k8s.io";
  const metadata = { name: `${namespace}-base` };
  const rules = [{ apiGroups: [""], resources: ["services", "namespaces"], verbs: ["get", "list", "watch"] }];
  const subjects = [{ kind: "ServiceAccount", name: "restricted", namespace }];
  const roleRef = { apiGroup: group, kind: "ClusterRole", name: metadata.name };
  const as = { fieldManager: "contract", force: true };
  await admin.apply({ apiVersion: `${group}/v1`, kind: "ClusterRole", metadata, rules }, as);
  await admin.apply(
    { apiVersion: `${group}/v1`, kind: "ClusterRoleBinding", metadata, roleRef, subjects },
    as,
  );
  return account;
}

/** Writes a kubeconfig with one cluster and one token. */
export async function writeTestKubeconfig(
  file: string,
  server: { url: string; token: string; caData: string },
): Promise<void> {
  const certificate = Buffer.from(server.caData).toString("base64");
  const config = {
    clusters: [{ name: "c", cluster: { server: server.url, "certificate-authority-data": certificate } }],
    users: [{ name: "u", user: { token: server.token } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  await writeFile(file, stringify(config));
}
