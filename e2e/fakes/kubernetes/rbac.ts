import { type Identity, MASTERS } from "./identity.ts";
import { isMap, type Json, type JsonMap, listAt, mapAt, textAt } from "./json.ts";
import { ApiError } from "./status.ts";
import type { Store } from "./store.ts";

const GROUP = "rbac.authorization.k8s.io";

/** What a request wants to do. */
export interface Access {
  verb: string;
  group: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
  /** Of requests that name no resource. */
  path?: string;
}

/** Paths every authenticated client may read (system:discovery, system:public-info-viewer). */
const PUBLIC = [
  /^\/(healthz|livez|readyz)(\/|$)/,
  /^\/version\/?$/,
  /^\/apis?(\/[^/]+){0,2}\/?$/,
  /^\/openapi(\/|$)/,
];

/** Decides by the roles and bindings stored, as Kubernetes' RBAC authorizer does. */
export function isAllowed(store: Store, identity: Identity, access: Access): boolean {
  if (identity.groups.includes(MASTERS)) return true;
  if (access.path !== undefined && access.verb === "get" && PUBLIC.some((p) => p.test(access.path!)))
    return true;
  if (access.group === "authorization.k8s.io" && access.resource.startsWith("selfsubject")) return true;
  if (access.group === "authentication.k8s.io" && access.resource === "selfsubjectreviews") return true;
  return rulesFor(store, identity, access.namespace).some((rule) => permits(rule, access));
}

/** Every rule that holds for somebody in a namespace. */
export function rulesFor(store: Store, identity: Identity, namespace: string): JsonMap[] {
  const rules: Json[] = [];
  for (const binding of store.list(`${GROUP}/clusterrolebindings`)) {
    if (bindsTo(binding, identity, "")) rules.push(...roleRules(store, binding, ""));
  }
  if (namespace) {
    for (const binding of store.list(`${GROUP}/rolebindings`, namespace)) {
      if (bindsTo(binding, identity, namespace)) rules.push(...roleRules(store, binding, namespace));
    }
  }
  return rules.filter(isMap);
}

function bindsTo(binding: JsonMap, identity: Identity, namespace: string): boolean {
  return listAt(binding, "subjects").some((subject) => {
    const name = textAt(subject, "name");
    switch (textAt(subject, "kind")) {
      case "User":
        return name === identity.user;
      case "Group":
        return identity.groups.includes(name);
      default:
        return identity.user === `system:serviceaccount:${textAt(subject, "namespace") || namespace}:${name}`;
    }
  });
}

function roleRules(store: Store, binding: JsonMap, namespace: string): Json[] {
  const name = textAt(binding, "roleRef", "name");
  const isClusterRole = textAt(binding, "roleRef", "kind") === "ClusterRole";
  const role = isClusterRole
    ? store.get(`${GROUP}/clusterroles`, "", name)
    : store.get(`${GROUP}/roles`, namespace, name);
  if (!role) return [];
  const selectors = listAt(role, "aggregationRule", "clusterRoleSelectors");
  const aggregated = selectors.flatMap((selector) => {
    const wanted = Object.entries(mapAt(selector, "matchLabels") ?? {});
    return store
      .list(`${GROUP}/clusterroles`)
      .filter((other) => wanted.every(([key, value]) => mapAt(other, "metadata", "labels")?.[key] === value))
      .flatMap((other) => listAt(other, "rules"));
  });
  return [...listAt(role, "rules"), ...aggregated];
}

function permits(rule: JsonMap, access: Access): boolean {
  const has = (key: string, value: string): boolean => {
    const list = listAt(rule, key);
    return list.includes("*") || list.includes(value);
  };
  if (!has("verbs", access.verb)) return false;
  if (access.path !== undefined) {
    return listAt(rule, "nonResourceURLs").some((url) => {
      const pattern = String(url);
      return pattern.endsWith("*") ? access.path!.startsWith(pattern.slice(0, -1)) : pattern === access.path;
    });
  }
  const resource = access.subresource ? `${access.resource}/${access.subresource}` : access.resource;
  const wild = access.subresource !== "" && listAt(rule, "resources").includes(`*/${access.subresource}`);
  if (!has("apiGroups", access.group) || !(has("resources", resource) || wild)) return false;
  const names = listAt(rule, "resourceNames");
  return names.length === 0 || (access.name !== "" && names.includes(access.name));
}

/** 403 in Kubernetes' words. */
export function forbidden(identity: Identity, access: Access): ApiError {
  const quoted = JSON.stringify;
  if (access.path !== undefined) {
    const message = `forbidden: User ${quoted(identity.user)} cannot ${access.verb} path ${quoted(access.path)}`;
    return new ApiError(403, "Forbidden", message);
  }
  const resource = access.subresource ? `${access.resource}/${access.subresource}` : access.resource;
  const scope = access.namespace ? ` in the namespace ${quoted(access.namespace)}` : " at the cluster scope";
  const qualified = access.group ? `${access.resource}.${access.group}` : access.resource;
  const subject = access.name ? `${qualified} ${quoted(access.name)}` : qualified;
  const message = `${subject} is forbidden: User ${quoted(identity.user)} cannot ${access.verb} resource ${quoted(resource)} in API group ${quoted(access.group)}${scope}`;
  return new ApiError(403, "Forbidden", message, {
    ...(access.name && { name: access.name }),
    group: access.group,
    kind: access.resource,
  });
}
