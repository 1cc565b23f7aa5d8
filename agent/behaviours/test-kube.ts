import { Agent, request } from "undici";
import type { ObjectRef } from "../../lib/protocol/object.ts";
import { type Cluster, connect } from "../cluster/index.ts";
import type { KubeObject } from "../object.ts";

/** The cluster as a person at a keyboard sees it: reads and changes single objects, under any field manager. */
export type Kube = Awaited<ReturnType<typeof openKube>>;

/** Opens a client with the administrator's rights. Objects are named `Kind/name`, in `namespace` by default. */
export async function openKube(
  server: { server: string; adminToken: string; caData: string; kubeconfigPath: string },
  namespace: string,
) {
  const dispatcher = new Agent({ connect: { ca: server.caData } });
  const cluster: Cluster = await connect({ kubeconfig: server.kubeconfigPath });
  const kinds = new Map<string, { group: string; version: string; plural: string; namespaced: boolean }>();

  async function kindOf(kind: string) {
    if (!kinds.has(kind)) {
      cluster.forgetDiscovery();
      for (const type of (await cluster.resources()).types)
        if (!kinds.has(type.kind)) kinds.set(type.kind, type);
    }
    const found = kinds.get(kind);
    if (!found) throw new Error(`The test's cluster serves no ${kind}.`);
    return found;
  }

  async function refOf(name: string, inNamespace = namespace): Promise<ObjectRef> {
    const [kind = "", ...rest] = name.split("/");
    const { group, version, namespaced } = await kindOf(kind);
    return { group, version, kind, namespace: namespaced ? inNamespace : "", name: rest.join("/") };
  }

  return {
    cluster,
    refOf,
    /** The object, or undefined where it is not there. */
    async get(name: string, inNamespace?: string): Promise<KubeObject | undefined> {
      return cluster.get(await refOf(name, inNamespace));
    },
    /** Whether it is there and nobody is deleting it. */
    async has(name: string, inNamespace?: string): Promise<boolean> {
      const found = await cluster.get(await refOf(name, inNamespace));
      return found !== undefined && !found.metadata.deletionTimestamp;
    },
    async delete(name: string, inNamespace?: string): Promise<void> {
      await cluster.delete(await refOf(name, inNamespace), { propagationPolicy: "Background" });
    },
    /** Applies an object as another field manager, taking what it has to. */
    apply: (object: object, manager = "kubectl-client-side-apply") => {
      const { metadata, ...rest } = object as KubeObject;
      const placed = { ...rest, metadata: { namespace, ...metadata } } as KubeObject;
      if (metadata.namespace === "") delete placed.metadata.namespace;
      return cluster.apply(placed, { fieldManager: manager, force: true });
    },
    /** Merges a patch as `kubectl edit` does, or under another name. */
    async patch(
      name: string,
      patch: object,
      options: { manager?: string; namespace?: string; subresource?: string } = {},
    ): Promise<KubeObject> {
      const ref = await refOf(name, options.namespace);
      const { plural } = await kindOf(ref.kind);
      const path = [
        ref.group ? `apis/${ref.group}/${ref.version}` : `api/${ref.version}`,
        ...(ref.namespace ? ["namespaces", ref.namespace] : []),
        ...[plural, ref.name],
        ...(options.subresource ? [options.subresource] : []),
      ].join("/");
      const answer = await request(
        `${server.server}/${path}?fieldManager=${options.manager ?? "kubectl-edit"}`,
        {
          method: "PATCH",
          dispatcher,
          headers: {
            authorization: `Bearer ${server.adminToken}`,
            "content-type": "application/merge-patch+json",
          },
          body: JSON.stringify(patch),
        },
      );
      const body = (await answer.body.json()) as KubeObject & { message?: string };
      if (answer.statusCode >= 300)
        throw new Error(`${name} could not be patched (${answer.statusCode}): ${body.message}`);
      return body;
    },
    async close() {
      await cluster.close();
      await dispatcher.close();
    },
  };
}
