import { conditionsOf, findCondition } from "./conditions.ts";
import { degraded, healthy, mapOf, progressing, type Rule, suspended, textOf } from "./health.ts";

const ERRORS = [
  "failureMessage",
  "failureReason",
  "errMsg",
  "errorMessage",
  "error",
  "errors",
  "lastError",
  "reconcileError",
];
const READY = ["ready", "readyToUse", "isReady", "healthy", "available", "success", "succeeded"];
const BAD_FLAG =
  /^(failed|isFailed|no[A-Z]\w*|.*(Failed|Error|Unhealthy|Degraded|Conflict|NoMatchingInstances))$|^NoMatchingInstances$/;

/** Somebody has stopped it in its spec: `paused`, `suspend` and the like. */
export const whileSuspended: Rule = (object) => {
  const spec = mapOf(object.spec);
  const strategy = mapOf(spec.updateStrategy);
  const holders: [string, unknown][] = [
    ["spec.paused", spec.paused],
    ["spec.pause", spec.pause],
    ["spec.suspend", spec.suspend],
    ["spec.suspended", spec.suspended],
    ["spec.updateStrategy.paused", strategy.paused],
    ["spec.updateStrategy.rollingUpdate.paused", mapOf(strategy.rollingUpdate).paused],
  ];
  const [stopped] = holders.find(([, value]) => value === true) ?? [];
  if (stopped) return suspended(`${stopped} is true.`);
  const annotations = mapOf(object.metadata?.annotations);
  const annotation = Object.keys(annotations).find((name) =>
    PAUSED.test(`${name}=${textOf(annotations[name])}`),
  );
  return annotation ? suspended(`Its annotation ${annotation} pauses it.`) : undefined;
};

/** How controllers are told by annotation to leave an object alone. */
const PAUSED =
  /\/(paused|pause|suspended|suspend|reconcile-?paused|pause-?reconciliation)=true$|\/(reconcil\w*)=(disabled|paused)$/i;

/** An error that the status states outright, unless Ready says that it is over. */
export const byErrors: Rule = (object) => {
  const status = mapOf(object.status);
  if (findCondition(conditionsOf(object), "Ready")?.status === "True") return undefined;
  for (const field of ERRORS) {
    const value = status[field];
    const text =
      textOf(value) || textOf(mapOf(value).message) || (Array.isArray(value) ? textOf(value[0]) : "");
    if (text !== "" && text !== "false" && text !== "0" && text !== "true")
      return degraded(`Its ${field}: ${text}`);
  }
  const flag = Object.keys(status).find((field) => status[field] === true && BAD_FLAG.test(field));
  if (flag !== undefined) return degraded(`Its status says ${flag}.`);
  if (status.pass === false || status.passed === false) return degraded("It has not passed.");
  const count = Object.keys(status).find(
    (field) => /^failed[A-Z]\w*Count$/.test(field) && Number(status[field]) > 0,
  );
  return count === undefined ? undefined : degraded(`Its ${count} is ${textOf(status[count])}.`);
};

/** A plain yes or no in the status, such as `readyToUse`. */
export const byFlags: Rule = (object) => {
  const status = mapOf(object.status);
  for (const field of READY) {
    const value = textOf(status[field]).toLowerCase();
    if (value === "true") return healthy(`Its ${field} is true.`);
    if (value === "false") return progressing(`Its ${field} is false.`);
  }
  return undefined;
};
