/** What an API path addresses. */
export interface RequestInfo {
  group: string;
  version: string;
  namespace: string;
  plural: string;
  name: string;
  subresource: string;
}

/** Parses `/api/v1/…` and `/apis/<group>/<version>/…`; undefined for every other path. */
export function parsePath(path: string): RequestInfo | undefined {
  const parts = path
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);
  const root = parts.shift();
  if (root !== "api" && root !== "apis") return undefined;
  const group = root === "apis" ? parts.shift() : "";
  const version = parts.shift();
  if (group === undefined || version === undefined || parts.length === 0) return undefined;
  let namespace = "";
  // A namespace's own endpoints address the namespace; anything deeper is inside of it.
  const ownEndpoint = parts.length === 3 && (parts[2] === "status" || parts[2] === "finalize");
  if (parts[0] === "namespaces" && parts.length >= 3 && !ownEndpoint) {
    namespace = parts[1] ?? "";
    parts.splice(0, 2);
  }
  const [plural = "", name = "", ...rest] = parts;
  return { group, version, namespace, plural, name, subresource: rest.join("/") };
}
