import type { ObjectRef } from "../lib/protocol/object.ts";

/** A JSON value as YAML, Git and the API server give it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };

/** What every object says of itself. */
export type ObjectMeta = {
  name: string;
  namespace?: string;
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  [key: string]: Json | undefined;
};

/** A Kubernetes object: whatever its kind, it has these. */
export type KubeObject = {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [key: string]: Json | undefined;
};

/** Metadata that only the API server writes, and that changes without anyone's intent: no manifest holds it. */
export const SERVER_METADATA: ReadonlySet<string> = new Set([
  "managedFields",
  "resourceVersion",
  "uid",
  "generation",
  "creationTimestamp",
  "selfLink",
]);

/** One object that Git asks for, and the repository file (and line) that says so. */
export type DesiredObject = { object: KubeObject; source?: { file: string; line?: number } };

/** Splits `apps/v1` into group and version; the core group is "". */
export function groupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf("/");
  return slash < 0
    ? { group: "", version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** The identity of an object as reports carry it. */
export function refOf(object: KubeObject): ObjectRef {
  return {
    ...groupVersion(object.apiVersion),
    kind: object.kind,
    namespace: object.metadata.namespace ?? "",
    name: object.metadata.name,
  };
}
