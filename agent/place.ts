import { ObjectRef, objectKey } from "../lib/protocol/object.ts";
import type { Cluster } from "./cluster/index.ts";
import { StageError } from "./errors.ts";
import { type DesiredObject, groupVersion, type KubeObject, refOf } from "./object.ts";

/** Rendered objects with their namespaces settled; `unknownKinds` have no resource in the cluster (yet). */
export type Placed = { objects: DesiredObject[]; unknownKinds: number };

/**
 * Gives each namespaced object that names no namespace the environment's, takes it from those that are not
 * namespaced, and refuses two objects with one name, for then Git itself does not say which one it wants.
 */
export async function place(
  cluster: Pick<Cluster, "resourceFor" | "defaultNamespace">,
  objects: readonly DesiredObject[],
  namespace: string | undefined,
): Promise<Placed> {
  const scopes = scopesFromCrds(objects);
  let unknownKinds = 0;
  const placed: DesiredObject[] = [];
  for (const one of objects) {
    const gvk = { ...groupVersion(one.object.apiVersion), kind: one.object.kind };
    const kind = `${gvk.group}/${gvk.kind}`;
    const type = scopes.has(kind) ? undefined : await cluster.resourceFor(gvk);
    if (!type && !scopes.has(kind)) unknownKinds += 1;
    const namespaced = type?.namespaced ?? scopes.get(kind) ?? true;
    placed.push({
      ...one,
      object: inNamespace(one.object, namespaced, namespace ?? cluster.defaultNamespace),
    });
  }
  refuseDuplicates(placed);
  return { objects: placed, unknownKinds };
}

/** Custom kinds that the same set brings along: the cluster may not know them yet. */
function scopesFromCrds(objects: readonly DesiredObject[]): Map<string, boolean> {
  const scopes = new Map<string, boolean>();
  for (const { object } of objects) {
    if (object.kind !== "CustomResourceDefinition") continue;
    const spec = object.spec as { group?: string; scope?: string; names?: { kind?: string } } | undefined;
    if (spec?.group && spec.names?.kind)
      scopes.set(`${spec.group}/${spec.names.kind}`, spec.scope === "Namespaced");
  }
  return scopes;
}

function inNamespace(object: KubeObject, namespaced: boolean, fallback: string): KubeObject {
  const { namespace, ...metadata } = object.metadata;
  if (namespaced && namespace) return object;
  if (!namespaced)
    return namespace === undefined ? object : { ...object, metadata: metadata as KubeObject["metadata"] };
  return { ...object, metadata: { ...object.metadata, namespace: fallback } };
}

function refuseDuplicates(objects: readonly DesiredObject[]): void {
  const seen = new Map<string, DesiredObject>();
  for (const one of objects) {
    const ref = refOf(one.object);
    if (!ObjectRef.safeParse(ref).success)
      throw new StageError(
        "render",
        "InvalidObject",
        `${ref.kind.slice(0, 63)} ${ref.name.slice(0, 253)} has a kind, name or API version longer than Kubernetes allows; shorten it.`,
        { at: { ...one.source } },
      );
    const earlier = seen.get(objectKey(ref));
    if (earlier) {
      const files = [earlier.source?.file, one.source?.file].filter(Boolean).join(" and ");
      throw new StageError(
        "render",
        "DuplicateObject",
        `${ref.kind} ${ref.namespace ? `${ref.namespace}/` : ""}${ref.name} is there twice${files ? ` (${files})` : ""}; keep one of them.`,
        { at: { ...one.source, ref } },
      );
    }
    seen.set(objectKey(ref), one);
  }
}
