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

let lastId = { of: "", id: "" };

/** The ApplySet id of an environment, made as KEP-3659 says from a parent that is not stored. */
export function applySetId(environment: string): string {
  // Asked for object by object.
  if (lastId.of === environment) return lastId.id;
  const digest = createHash("sha256").update(`${environment}..Environment.plumbline.dev`).digest("base64url");
  lastId = { of: environment, id: `applyset-${digest}-v1` };
  return lastId.id;
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
 * Finds inventories in the cluster by their label, through all kinds: one environment's, or those of all. For
 * when what the agent remembered is lost. `unread` names the resources it may not list, or that did not answer.
 */
export async function findInventories(
  cluster: Cluster,
  options: { environment?: string; signal?: AbortSignal } = {},
): Promise<{ refs: Map<string, ObjectRef[]>; unread: string[] }> {
  const { types, unavailable } = await cluster.resources();
  const found = new Map<string, { environment: string; ref: ObjectRef }>();
  const unread = [...unavailable];
  const queue = types.filter((type) => type.verbs.includes("list") && type.verbs.includes("delete"));
  const labelSelector = options.environment
    ? `${ENVIRONMENT_LABEL}=${options.environment}`
    : ENVIRONMENT_LABEL;
  const search = async () => {
    for (let type = queue.shift(); type; type = queue.shift()) {
      try {
        const objects = await cluster.list(type, undefined, {
          labelSelector,
          metadataOnly: true,
          signal: options.signal,
        });
        for (const object of objects) {
          const environment = environmentOf(object);
          if (environment) found.set(objectKey(refOf(object)), { environment, ref: refOf(object) });
        }
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.status !== 404 && error.status !== 405)
          unread.push(type.group ? `${type.plural}.${type.group}` : type.plural);
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, search));
  const refs = new Map<string, ObjectRef[]>();
  for (const { environment, ref } of found.values())
    refs.set(environment, [...(refs.get(environment) ?? []), ref]);
  return { refs, unread };
}

/** One environment's inventory, as the cluster has it. */
export async function findInventory(
  cluster: Cluster,
  environment: string,
  options: { signal?: AbortSignal } = {},
): Promise<{ refs: ObjectRef[]; unread: string[] }> {
  const { refs, unread } = await findInventories(cluster, { ...options, environment });
  return { refs: refs.get(environment) ?? [], unread };
}

/** How long one search answers for environments that come after one another, as they do at a start. */
const SEARCH_LIFETIME_MS = 60_000;

/**
 * Finds the inventories of environments that come in droves by one search for all of them. Nothing is applied
 * for an environment before its inventory was asked for, so what one search found stays true for the others;
 * `forget` is for one that was there, went, and may come again.
 */
export function shareInventories(cluster: Cluster) {
  let search: { at: number; found: ReturnType<typeof findInventories> } | null = null;
  return {
    async find(environment: string): Promise<{ refs: ObjectRef[]; unread: string[] }> {
      if (!search || Date.now() - search.at > SEARCH_LIFETIME_MS) {
        const begun = { at: Date.now(), found: findInventories(cluster) };
        begun.found.catch(() => {
          if (search === begun) search = null;
        });
        search = begun;
      }
      const { refs, unread } = await search.found;
      return { refs: refs.get(environment) ?? [], unread };
    },
    forget(): void {
      search = null;
    },
  };
}
