import { isMap, type JsonMap, type KubeObject, listAt, mapAt, textAt } from "./json.ts";
import { apiVersionOf, type ResourceRegistry, type ResourceType } from "./resources.ts";
import type { Schema } from "./schema-shape.ts";
import type { Store } from "./store.ts";
import type { Writes } from "./writes.ts";

const DEFINITIONS = "apiextensions.k8s.io/customresourcedefinitions";
const CLEANUP = "customresourcecleanup.apiextensions.k8s.io";
const VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

/** Establishes definitions as they are stored, and serves their resources until they are deleted. */
export function serveCustomResources(writes: Writes): () => void {
  const { store, registry } = writes;
  for (const definition of store.list(DEFINITIONS)) serve(definition, registry);
  return store.subscribe((event) => {
    if (event.storage !== DEFINITIONS) return;
    if (event.type === "DELETED") registry.setCustom(event.object.metadata.name, []);
    else if (event.object.metadata.deletionTimestamp)
      queueMicrotask(() => cleanUp(event.object, store, registry));
    else {
      serve(event.object, registry);
      queueMicrotask(() => establish(event.object, writes));
    }
  });
}

function serve(definition: KubeObject, registry: ResourceRegistry): void {
  registry.setCustom(definition.metadata.name, typesOf(definition));
}

/** The resource types a definition declares, one per served version. */
function typesOf(definition: KubeObject): ResourceType[] {
  const group = textAt(definition, "spec", "group");
  const names = mapAt(definition, "spec", "names");
  const plural = textAt(names, "plural");
  const kind = textAt(names, "kind");
  const namespaced = textAt(definition, "spec", "scope") === "Namespaced";
  const served = listAt(definition, "spec", "versions").filter(
    (version) => isMap(version) && version.served === true,
  );
  return served.map((entry) => {
    const version = textAt(entry, "name");
    const status = mapAt(entry, "subresources", "status") !== undefined;
    const scale = mapAt(entry, "subresources", "scale");
    const responseKind = { group, version, kind };
    const subresources = [
      ...(status ? [{ subresource: "status", responseKind, verbs: ["get", "patch", "update"] }] : []),
      ...(scale
        ? [
            {
              subresource: "scale",
              responseKind: { group: "autoscaling", version: "v1", kind: "Scale" },
              verbs: ["get", "patch", "update"],
            },
          ]
        : []),
    ];
    const shortNames = listAt(names, "shortNames").map(String);
    const categories = listAt(names, "categories").map(String);
    return {
      group,
      version,
      apiVersion: apiVersionOf(group, version),
      plural,
      kind,
      namespaced,
      storage: `${group}/${plural}`,
      schema: (mapAt(entry, "schema", "openAPIV3Schema") ?? {}) as Schema,
      custom: {
        status,
        ...(scale && {
          scalePaths: {
            spec: textAt(scale, "specReplicasPath"),
            status: textAt(scale, "statusReplicasPath"),
            selector: textAt(scale, "labelSelectorPath"),
          },
        }),
        columns: listAt(entry, "additionalPrinterColumns").map((column) => ({
          name: textAt(column, "name"),
          type: textAt(column, "type"),
          jsonPath: textAt(column, "jsonPath"),
        })),
      },
      discovered: {
        resource: plural,
        singularResource: textAt(names, "singular"),
        scope: namespaced ? "Namespaced" : "Cluster",
        verbs: VERBS,
        ...(shortNames.length > 0 && { shortNames }),
        ...(categories.length > 0 && { categories }),
        responseKind,
        ...(subresources.length > 0 && { subresources }),
      },
    };
  });
}

/** Reports the names accepted and the definition established, once. */
function establish(stored: KubeObject, writes: Writes): void {
  const definition = writes.store.get(DEFINITIONS, "", stored.metadata.name);
  const status = mapAt(definition, "status") ?? {};
  if (!definition || listAt(status, "conditions").length > 0) return;
  const condition = (type: string, reason: string, message: string): JsonMap => ({
    type,
    status: "True",
    lastTransitionTime: writes.now,
    reason,
    message,
  });
  const conditions = [
    condition("NamesAccepted", "NoConflicts", "no conflicts found"),
    condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
  ];
  const acceptedNames = mapAt(definition, "spec", "names") ?? {};
  writes.store.put(DEFINITIONS, { ...definition, status: { ...status, acceptedNames, conditions } });
}

/** Deletes every custom object, then lets the definition go. */
function cleanUp(definition: KubeObject, store: Store, registry: ResourceRegistry): void {
  const storage = typesOf(definition)[0]?.storage;
  if (storage) for (const object of store.list(storage)) store.remove(storage, object);
  const current = store.get(DEFINITIONS, "", definition.metadata.name);
  if (!current) return;
  const finalizers = listAt(current, "metadata", "finalizers").filter((finalizer) => finalizer !== CLEANUP);
  if (finalizers.length > 0) {
    if (finalizers.length === listAt(current, "metadata", "finalizers").length) return;
    store.put(DEFINITIONS, { ...current, metadata: { ...current.metadata, finalizers } });
    return;
  }
  registry.setCustom(current.metadata.name, []);
  store.remove(DEFINITIONS, current);
}
