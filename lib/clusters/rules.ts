/** A kind that a cluster's agent may not read, and where; `namespaces` is empty where the kind has none. */
export type LackedRight = { group: string; resource: string; namespaces: string[]; objects: number };

/** What observing needs; `get` would include subresources that run commands. */
const verbs = ["list", "watch"];

/** The rule of RBAC that would grant a right, as YAML that stands in a ClusterRole's or Role's `rules`. */
export function ruleGranting({ group, resource }: Pick<LackedRight, "group" | "resource">): string {
  return [
    `- apiGroups: [${JSON.stringify(group)}]`,
    `  resources: [${JSON.stringify(resource)}]`,
    `  verbs: [${verbs.join(", ")}]`,
  ].join("\n");
}

/** "ingresses.networking.k8s.io in quotes and claims", as RBAC names them. */
export function rightInWords({ group, resource, namespaces }: LackedRight): string {
  const what = group ? `${resource}.${group}` : resource;
  if (namespaces.length === 0) return what;
  const [first, second, ...others] = namespaces;
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  return `${what} in ${second === undefined ? first : others.length > 0 ? `${first}, ${second}` : `${first} and ${second}`}${more}`;
}
