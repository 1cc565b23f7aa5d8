import { apiPath } from "./discovery.ts";
import type { ResourceType } from "./types.ts";

/** The path of a kind's objects, in one namespace or everywhere. */
export function collectionPath(type: ResourceType, namespace: string | undefined): string {
  const base = apiPath(type.group, type.version);
  const scope = type.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${base}${scope}/${type.plural}`;
}

/** The path of one object. */
export function objectPath(type: ResourceType, namespace: string, name: string): string {
  return `${collectionPath(type, namespace)}/${encodeURIComponent(name)}`;
}

/** Whether what the API server quotes of such an object may be a secret. */
export function isSecret(kind: { group: string; kind: string }): boolean {
  return kind.group === "" && kind.kind === "Secret";
}
