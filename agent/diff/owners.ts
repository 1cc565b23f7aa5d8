import type { Attribution } from "../../lib/protocol/object.ts";
import type { Json, KubeObject } from "../object.ts";
import { isMap, type JsonMap, own } from "./equal.ts";

/** One entry of `metadata.managedFields`, checked for shape. */
export type Owner = {
  manager: string;
  operation: "Apply" | "Update";
  time?: string;
  subresource?: string;
  fields: JsonMap;
};

/** Who owns what of an object, by its managedFields. */
export type Owners = { ours: JsonMap | undefined; ourTime: string | undefined; others: Owner[] };

const NOBODY: Owners = { ours: undefined, ourTime: undefined, others: [] };

/** Reads managedFields; entries that are not what they should be are left out. */
export function ownersOf(object: KubeObject, fieldManager: string): Owners {
  const entries = object.metadata.managedFields;
  if (!Array.isArray(entries)) return NOBODY;
  const owners: Owners = { ours: undefined, ourTime: undefined, others: [] };
  for (const entry of entries) {
    const owner = isMap(entry) ? readEntry(entry) : undefined;
    if (!owner) continue;
    const isOurs = owner.manager === fieldManager && owner.operation === "Apply" && !owner.subresource;
    if (isOurs && owners.ours === undefined) {
      owners.ours = owner.fields;
      owners.ourTime = owner.time;
    } else owners.others.push(owner);
  }
  return owners;
}

function readEntry(entry: JsonMap): Owner | undefined {
  const { manager, operation, time, subresource, fieldsV1 } = entry;
  if (!isMap(fieldsV1)) return undefined;
  return {
    manager: typeof manager === "string" ? manager : "",
    operation: operation === "Apply" ? "Apply" : "Update",
    ...(typeof time === "string" && !Number.isNaN(Date.parse(time))
      ? { time: new Date(time).toISOString() }
      : {}),
    ...(typeof subresource === "string" && subresource !== "" ? { subresource } : {}),
    fields: fieldsV1,
  };
}

/** The node of a FieldsV1 set at a path of its keys (`f:spec`, `k:{"name":"a"}`). */
export function nodeAt(fields: JsonMap, path: readonly string[]): JsonMap | undefined {
  let node: Json | undefined = fields;
  for (const key of path) {
    if (!isMap(node)) return undefined;
    node = own(node, key);
  }
  return isMap(node) ? node : undefined;
}

/**
 * Who owns an observed value: the most recent owner of the path itself, else of something beneath it,
 * else of the closest atomic value around it. `plumbline` itself is no answer.
 */
export function attribute(owners: Owners, path: readonly string[]): Attribution | undefined {
  const exact = owners.others.filter((owner) => nodeAt(owner.fields, path) !== undefined);
  if (exact.length > 0) return toAttribution(latest(exact));
  const around = owners.others.filter((owner) => ownsAtomicAround(owner.fields, path));
  return around.length > 0 ? toAttribution(latest(around)) : undefined;
}

/** Who may have taken away a field that we still set when we last applied: whoever wrote after us. */
export function attributeRemoval(owners: Owners): Attribution | undefined {
  const since = owners.ourTime;
  if (since === undefined) return undefined;
  const later = owners.others.filter(
    (owner) => owner.time !== undefined && owner.time > since && !owner.subresource,
  );
  return later.length > 0 ? toAttribution(latest(later)) : undefined;
}

function ownsAtomicAround(fields: JsonMap, path: readonly string[]): boolean {
  let node: JsonMap = fields;
  for (const key of path) {
    const next = own(node, key);
    if (!isMap(next)) return false;
    if (Object.keys(next).length === 0) return true;
    node = next;
  }
  return false;
}

function latest(owners: Owner[]): Owner {
  return owners.reduce((a, b) => ((b.time ?? "") > (a.time ?? "") ? b : a));
}

function toAttribution(owner: Owner): Attribution {
  const { manager, operation, time, subresource } = owner;
  return {
    manager: manager.slice(0, 128),
    operation,
    ...(time ? { time } : {}),
    ...(subresource ? { subresource: subresource.slice(0, 63) } : {}),
    who: whoIs(manager, operation, subresource),
  };
}

const COMMANDS: Record<string, string> = {
  "kubectl-client-side-apply": "kubectl apply",
  "kubectl-last-applied": "kubectl apply",
  "before-first-apply": "someone before the first apply",
  kubectl: "kubectl apply --server-side",
  helm: "helm",
  flux: "flux",
  "kustomize-controller": "Flux (kustomize-controller)",
  "helm-controller": "Flux (helm-controller)",
  "argocd-controller": "Argo CD (argocd-controller)",
  "argocd-application-controller": "Argo CD (argocd-application-controller)",
};

/** A field manager in words: `kubectl-edit` is "kubectl edit". */
export function whoIs(manager: string, operation: "Apply" | "Update", subresource?: string): string {
  if (manager === "") return "someone (no field manager)";
  if (manager === "kubectl" && operation === "Update")
    return subresource === "scale" ? "kubectl scale" : `kubectl${subresource ? ` (${subresource})` : ""}`;
  const command = Object.hasOwn(COMMANDS, manager) ? COMMANDS[manager] : undefined;
  if (command) return command;
  if (/^kubectl-[a-z-]+$/.test(manager)) return `kubectl ${manager.slice("kubectl-".length)}`.slice(0, 200);
  if (isController(manager)) return `a controller (${manager})`.slice(0, 200);
  return manager.slice(0, 200);
}

/** Whether a manager's name is a program's that runs in or beside the cluster. */
export function isController(manager: string): boolean {
  return /(^kube-|^cloud-|^cluster-|^kubelet$|controller|operator|autoscaler|provisioner|scheduler|injector|webhook)/.test(
    manager,
  );
}

const CONTROL_PLANE = new Set([
  "kube-controller-manager",
  "kube-scheduler",
  "kube-apiserver",
  "kubelet",
  "cloud-controller-manager",
  "cluster-autoscaler",
  "kwok",
]);

/** Whether a manager is Kubernetes itself, whose writes are bookkeeping and no one's addition. */
export function isControlPlane(manager: string): boolean {
  return CONTROL_PLANE.has(manager);
}
