import type { Identity, Tokens } from "./identity.ts";
import { isMap, type Json, type JsonMap, type KubeObject, listAt, mapAt, numberAt, textAt } from "./json.ts";
import { type Access, isAllowed, rulesFor } from "./rbac.ts";
import type { Store } from "./store.ts";

const AUTHORIZATION = "authorization.k8s.io";

/** Answers the review resources, which are asked and never stored; undefined for any other. */
export function answerReview(
  group: string,
  plural: string,
  namespace: string,
  body: JsonMap,
  identity: Identity,
  store: Store,
): JsonMap | undefined {
  const spec = mapAt(body, "spec") ?? {};
  const head = { kind: body.kind ?? "", apiVersion: `${group}/v1`, metadata: mapAt(body, "metadata") ?? {} };
  if (group === "authentication.k8s.io" && plural === "selfsubjectreviews") {
    const { user: username, groups } = identity;
    return { ...head, status: { userInfo: { username, groups } } };
  }
  if (group !== AUTHORIZATION) return undefined;
  switch (plural) {
    case "selfsubjectaccessreviews":
      return { ...head, spec, status: decide(store, identity, accessOf(spec, "")) };
    case "subjectaccessreviews":
      return { ...head, spec, status: decide(store, identityOf(spec), accessOf(spec, "")) };
    case "localsubjectaccessreviews":
      return { ...head, spec, status: decide(store, identityOf(spec), accessOf(spec, namespace)) };
    case "selfsubjectrulesreviews":
      return { ...head, spec, status: rulesStatus(store, identity, textAt(spec, "namespace")) };
    default:
      return undefined;
  }
}

function decide(store: Store, identity: Identity, access: Access): JsonMap {
  const allowed = isAllowed(store, identity, access);
  return { allowed, ...(allowed && { reason: "RBAC: allowed by the roles stored" }) };
}

function identityOf(spec: JsonMap): Identity {
  return { user: textAt(spec, "user"), groups: listAt(spec, "groups").map(String) };
}

function accessOf(spec: JsonMap, namespace: string): Access {
  const resource = mapAt(spec, "resourceAttributes");
  const path = mapAt(spec, "nonResourceAttributes");
  return {
    verb: textAt(resource ?? path, "verb"),
    group: textAt(resource, "group"),
    resource: textAt(resource, "resource"),
    subresource: textAt(resource, "subresource"),
    namespace: textAt(resource, "namespace") || namespace,
    name: textAt(resource, "name"),
    ...(path && { path: textAt(path, "path") }),
  };
}

function rulesStatus(store: Store, identity: Identity, namespace: string): JsonMap {
  const all: JsonMap = { verbs: ["*"], apiGroups: ["*"], resources: ["*"] };
  const isMaster = isAllowed(store, identity, {
    verb: "*",
    group: "*",
    resource: "*",
    subresource: "",
    namespace: "",
    name: "",
  });
  const rules = isMaster ? [all] : rulesFor(store, identity, namespace);
  const own: JsonMap = {
    verbs: ["create"],
    apiGroups: [AUTHORIZATION],
    resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
  };
  const resourceRules: Json[] = [own, ...rules.filter((rule) => listAt(rule, "resources").length > 0)];
  const nonResourceRules = rules.filter((rule) => listAt(rule, "nonResourceURLs").length > 0);
  return { resourceRules, nonResourceRules, incomplete: false };
}

/** Answers a TokenRequest for a ServiceAccount. */
export function answerTokenRequest(account: KubeObject, body: JsonMap, tokens: Tokens): JsonMap {
  const spec = isMap(body.spec) ? body.spec : {};
  const seconds = numberAt(spec, ["expirationSeconds"], 3600);
  const audiences = listAt(spec, "audiences").map(String);
  const audience = audiences.length > 0 ? audiences : ["https://kubernetes.default.svc.cluster.local"];
  const { name, namespace, uid } = account.metadata;
  const { token, expires } = tokens.issue(String(namespace), name, String(uid), seconds, audience);
  return {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace: namespace ?? "" },
    spec: { audiences: audience, expirationSeconds: seconds, boundObjectRef: null },
    status: { token, expirationTimestamp: `${expires.toISOString().slice(0, 19)}Z` },
  };
}
