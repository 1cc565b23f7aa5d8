import { createHash } from "node:crypto";
import { type ObjectRef, objectKey } from "../../lib/protocol/object.ts";
import { ApiError, type Cluster } from "../cluster/index.ts";
import { type KubeObject, refOf } from "../object.ts";

/** The field manager of everything the agent applies. */
export const FIELD_MANAGER = "plumbline";
/** Names the environment an object belongs to; it stands on every object that is applied. */
export const ENVIRONMENT_LABEL = "plumbline.dev/environment";
/** The same for tools that know the ApplySet convention (KEP-3659), so that they do not take the object. */
export const PART_OF_LABEL = "applyset.kubernetes.io/part-of";

// Decision: the inventory is the labelled objects themselves, and there is no parent object that lists them.
// A parent would need a namespace and a permission of its own and could disagree with the cluster; labels
// cannot be lost. The price, a search through all kinds, is paid only when the agent's disk is lost.

/** The ApplySet id of an environment, made as KEP-3659 says from a parent that is not stored. */
export function applySetId(environment: string): string {
  return `applyset-${createHash("sha256").update(`${environment}..Environment.plumbline.dev`).digest("base64url")}-v1`;
}

/** The object as mode `sync` applies it: with the labels of the inventory. Compare with this one, too. */
export function withInventory(object: KubeObject, environment: string): KubeObject {
  const labels = {
    ...object.metadata.labels,
    [ENVIRONMENT_LABEL]: environment,
    [PART_OF_LABEL]: applySetId(environment),
  };
  return { ...object, metadata: { ...object.metadata, labels } };
}

/**
 * Whether the agent itself applied the object for this environment. The label alone does not say so:
 * controllers copy labels (Service to Endpoints), but never our field manager.
 */
export function belongsTo(object: KubeObject, environment: string): boolean {
  const managers = object.metadata.managedFields;
  return (
    object.metadata.labels?.[ENVIRONMENT_LABEL] === environment &&
    Array.isArray(managers) &&
    managers.some((entry) => {
      const { manager, operation } = (entry ?? {}) as { manager?: string; operation?: string };
      return manager === FIELD_MANAGER && operation === "Apply";
    })
  );
}

/** The environment whose inventory an observed object is in, if any. */
export function environmentOf(object: KubeObject): string | undefined {
  const environment = object.metadata.labels?.[ENVIRONMENT_LABEL];
  return environment && belongsTo(object, environment) ? environment : undefined;
}

/**
 * Finds an environment's inventory in the cluster by its label, through all kinds; for when what the agent
 * remembered is lost. `unread` names the resources it may not list, or that did not answer.
 */
export async function findInventory(
  cluster: Cluster,
  environment: string,
  options: { signal?: AbortSignal } = {},
): Promise<{ refs: ObjectRef[]; unread: string[] }> {
  const { types, unavailable } = await cluster.resources();
  const found = new Map<string, ObjectRef>();
  const unread = [...unavailable];
  const queue = types.filter((type) => type.verbs.includes("list") && type.verbs.includes("delete"));
  const search = async () => {
    for (let type = queue.shift(); type; type = queue.shift()) {
      try {
        const labelSelector = `${ENVIRONMENT_LABEL}=${environment}`;
        const objects = await cluster.list(type, undefined, {
          labelSelector,
          metadataOnly: true,
          signal: options.signal,
        });
        for (const object of objects)
          if (belongsTo(object, environment)) found.set(objectKey(refOf(object)), refOf(object));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.status !== 404 && error.status !== 405)
          unread.push(type.group ? `${type.plural}.${type.group}` : type.plural);
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, search));
  return { refs: [...found.values()], unread };
}
