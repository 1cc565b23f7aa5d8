import type { KubeObject } from "../object.ts";
import { builtIn } from "./built-in.ts";
import { childrenHealth } from "./by-children.ts";
import { byConditions } from "./by-conditions.ts";
import { byErrors, byFlags, whileSuspended } from "./by-fields.ts";
import { byReplicas } from "./by-replicas.ts";
import { byWords } from "./by-words.ts";
import { kstatusConditions, whileDeleting, whileNotObserved } from "./generations.ts";
import { type Health, progressing, type Related, type Rule, unknown } from "./health.ts";
import { byKind } from "./kinds.ts";

export type { Health, Related } from "./health.ts";

/** In order: kstatus's rules, then what the wider ecosystem agrees on; the first that knows answers. */
const RULES: Rule[] = [
  whileDeleting,
  whileNotObserved,
  builtIn,
  byKind,
  whileSuspended,
  byErrors,
  kstatusConditions,
  byConditions,
  byWords,
  byFlags,
  byReplicas,
];

/** Whether an object works and why, from the object itself and what explains it; `Unknown` where no rule knows. */
export function healthOf(object: KubeObject, related: Related = {}): Health {
  for (const rule of RULES) {
    const health = rule(object, related);
    if (!health) continue;
    const final = health.status !== "Healthy" || rule === builtIn || rule === byKind;
    return final ? health : unlessParts(object, related, health);
  }
  const children = childrenHealth(object);
  if (children) return children;
  if (isEmpty(object.status)) {
    return related.declaresStatus === false
      ? unknown(`${object.kind} has no status, so nothing says whether it works.`)
      : progressing(`Its controller has not reported a status yet.`);
  }
  return unknown(`No rule reads the status of ${object.kind} (${object.apiVersion}).`);
}

/** Replicas that are missing and parts that are not well outweigh a whole that says it is. */
function unlessParts(object: KubeObject, related: Related, health: Health): Health {
  const replicas = byReplicas(object, related);
  if (replicas && replicas.status !== "Healthy") return replicas;
  const children = childrenHealth(object);
  return children && (children.status === "Degraded" || children.status === "Progressing")
    ? children
    : health;
}

/** No status, or one whose lists and texts are all still empty. */
function isEmpty(status: unknown): boolean {
  if (status === undefined || status === null || status === "") return true;
  return typeof status === "object" && Object.values(status).every((part) => part === 0 || isEmpty(part));
}
