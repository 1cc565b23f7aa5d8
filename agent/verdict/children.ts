import { type ChildStatus, MOST_CHILDREN, type ResourceStatus } from "../../lib/protocol/object.ts";
import type { HealthStatus } from "../../lib/protocol/state.ts";
import { type Health, healthOf, type Related } from "../health/index.ts";
import type { Json, KubeObject } from "../object.ts";
import { clip } from "../report/shrink.ts";

/** What is told of a workload's children. */
type Children = Pick<ResourceStatus, "children" | "childrenLeft">;

/** A watch gives a changed object as another one, so what was found of one holds. */
const judged = new WeakMap<KubeObject, Health>();

const WORST_FIRST: Partial<Record<HealthStatus, number>> = { Degraded: 0, Missing: 1, Progressing: 2 };
const isQuiet = ({ health }: ChildStatus) => WORST_FIRST[health] === undefined;

/**
 * The ReplicaSets and Pods that a workload made, as the watches hold them: the unwell first, then by name, at
 * most MOST_CHILDREN. ReplicaSets of earlier revisions, which have and want no pods, are left out.
 */
export function childrenOf(
  { replicaSets = [], pods = [] }: Related,
  mask: (text: string) => string,
): Children {
  if (replicaSets.length === 0 && pods.length === 0) return {};
  const sets = replicaSets.filter(isInUse);
  const nameByUid = new Map(sets.map(({ metadata }) => [metadata.uid, metadata.name]));
  const children = [
    ...sets.map((set) => childOf(set, undefined, mask)),
    ...pods.map((pod) => childOf(pod, nameByUid.get(makerOf(pod)), mask)),
  ];
  if (children.length === 0) return {};
  // Sets go before the pods that they made, so that no pod is told without its set.
  const weight = (one: ChildStatus) => (one.kind === "Pod" ? 10 + (WORST_FIRST[one.health] ?? 5) : 0);
  children.sort((a, b) => weight(a) - weight(b) || (a.name < b.name ? -1 : 1));
  const left = children.length - MOST_CHILDREN;
  return { children: children.slice(0, MOST_CHILDREN), ...(left > 0 && { childrenLeft: left }) };
}

function childOf(
  object: KubeObject,
  parent: string | undefined,
  mask: (text: string) => string,
): ChildStatus {
  const { status, message } = healthOnce(object);
  const restarts = object.kind === "Pod" ? restartsOf(object) : 0;
  const child: ChildStatus = { kind: object.kind, name: object.metadata.name, health: status };
  if (parent !== undefined) child.parent = parent;
  if (!isQuiet(child)) child.reason = clip(mask(message), 300);
  if (restarts > 0) child.restarts = restarts;
  return child;
}

function healthOnce(object: KubeObject): Health {
  const known = judged.get(object) ?? healthOf(object);
  judged.set(object, known);
  return known;
}

function isInUse({ spec, status }: KubeObject): boolean {
  return numberIn(spec, "replicas") > 0 || numberIn(status, "replicas") > 0;
}

function restartsOf({ status }: KubeObject): number {
  const containers = fieldOf(status, "containerStatuses");
  if (!Array.isArray(containers)) return 0;
  return containers.reduce<number>((sum, one) => sum + numberIn(one, "restartCount"), 0);
}

/** The UID of the controller that made an object. */
function makerOf({ metadata }: KubeObject): string | undefined {
  const owners = metadata.ownerReferences;
  if (!Array.isArray(owners)) return undefined;
  const uid = fieldOf(owners.find((owner) => fieldOf(owner, "controller") === true) ?? owners[0], "uid");
  return typeof uid === "string" ? uid : undefined;
}

function fieldOf(value: unknown, field: string): Json | undefined {
  return typeof value === "object" && value !== null ? (value as { [key: string]: Json })[field] : undefined;
}

function numberIn(value: unknown, field: string): number {
  const found = fieldOf(value, field);
  return typeof found === "number" && Number.isSafeInteger(found) ? Math.max(0, found) : 0;
}
