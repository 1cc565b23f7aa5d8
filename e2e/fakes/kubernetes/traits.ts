import { type JsonMap, mapAt } from "./json.ts";
import type { ResourceType } from "./resources.ts";
import { FieldSet } from "./structured-merge/field-set.ts";

/** Built-in resources whose generation counts changes of what is asked for. */
const COUNT_GENERATIONS = new Set([
  "/pods",
  "/podtemplates",
  "/replicationcontrollers",
  "apps/daemonsets",
  "apps/deployments",
  "apps/replicasets",
  "apps/statefulsets",
  "batch/cronjobs",
  "batch/jobs",
  "networking.k8s.io/ingresses",
  "networking.k8s.io/ingressclasses",
  "networking.k8s.io/networkpolicies",
  "policy/poddisruptionbudgets",
  "scheduling.k8s.io/priorityclasses",
  "discovery.k8s.io/endpointslices",
  "resource.k8s.io/resourceslices",
  "resource.k8s.io/deviceclasses",
  "flowcontrol.apiserver.k8s.io/flowschemas",
  "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations",
  "admissionregistration.k8s.io/mutatingwebhookconfigurations",
  "admissionregistration.k8s.io/validatingwebhookconfigurations",
  "admissionregistration.k8s.io/validatingadmissionpolicies",
  "admissionregistration.k8s.io/validatingadmissionpolicybindings",
  "admissionregistration.k8s.io/mutatingadmissionpolicies",
  "admissionregistration.k8s.io/mutatingadmissionpolicybindings",
  "apiextensions.k8s.io/customresourcedefinitions",
]);

/** Resources whose deletion answers with the object instead of a Status. */
const RETURN_DELETED = new Set([
  "/pods",
  "/services",
  "/serviceaccounts",
  "/persistentvolumes",
  "/persistentvolumeclaims",
  "/podtemplates",
  "/resourcequotas",
]);

/** Resources that a PUT creates when they are missing. */
const CREATED_BY_UPDATE = new Set([
  "/endpoints",
  "/events",
  "/limitranges",
  "/services",
  "coordination.k8s.io/leasecandidates",
  "coordination.k8s.io/leases",
  "node.k8s.io/runtimeclasses",
  "rbac.authorization.k8s.io/clusterrolebindings",
  "rbac.authorization.k8s.io/clusterroles",
  "rbac.authorization.k8s.io/rolebindings",
  "rbac.authorization.k8s.io/roles",
]);

/** Whether a PUT of a missing object creates it. */
export function isCreatedByUpdate(type: ResourceType): boolean {
  return CREATED_BY_UPDATE.has(type.storage);
}

/** Whether metadata.generation is kept. */
export function countsGenerations(type: ResourceType): boolean {
  return type.custom !== undefined || COUNT_GENERATIONS.has(type.storage);
}

/** Whether a delete answers with the deleted object. */
export function returnsDeleted(type: ResourceType): boolean {
  return RETURN_DELETED.has(type.storage);
}

/** Whether status is written through an endpoint of its own. */
export function hasStatusEndpoint(type: ResourceType): boolean {
  return (type.discovered.subresources ?? []).some((sub) => sub.subresource === "status");
}

/** Fields an endpoint does not write, so that writing through it owns none of them. */
export function ignoredFields(type: ResourceType, subresource: string): FieldSet {
  if (subresource === "status") {
    return type.custom ? FieldSet.of(["f:metadata"], ["f:spec"]) : FieldSet.of(["f:spec"]);
  }
  return hasStatusEndpoint(type) && subresource === "" ? FieldSet.of(["f:status"]) : new FieldSet();
}

/** What a generation counts: everything but metadata, and but status where that has its own endpoint. */
export function countedPart(object: JsonMap, type: ResourceType): JsonMap {
  const { metadata, status, ...rest } = object;
  // Of all kinds a Deployment alone also counts its annotations.
  if (type.storage === "apps/deployments") rest.annotations = mapAt(metadata, "annotations") ?? {};
  return hasStatusEndpoint(type) || status === undefined ? rest : { ...rest, status };
}
