import type { KubeObject } from "../object.ts";
import { builtIn } from "./built-in.ts";
import { byConditions } from "./by-conditions.ts";
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
  kstatusConditions,
  byConditions,
  byWords,
];

/** Whether an object works and why, from the object itself and what explains it; `Unknown` where no rule knows. */
export function healthOf(object: KubeObject, related: Related = {}): Health {
  for (const rule of RULES) {
    const health = rule(object, related);
    if (health) return health;
  }
  if (isEmpty(object.status)) {
    return related.declaresStatus === false
      ? unknown(`${object.kind} has no status, so nothing says whether it works.`)
      : progressing(`Its controller has not reported a status yet.`);
  }
  return unknown(`No rule reads the status of ${object.kind} (${object.apiVersion}).`);
}

function isEmpty(status: unknown): boolean {
  return !status || (typeof status === "object" && Object.keys(status).length === 0);
}
