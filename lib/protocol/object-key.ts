type Named = { group: string; version: string; kind: string; namespace: string; name: string };

/** One string per object, independent of its API version: `group/kind/namespace/name`. */
export function objectKey(ref: Named): string {
  return `${ref.group}/${ref.kind}/${ref.namespace}/${ref.name}`;
}
