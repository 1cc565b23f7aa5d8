import type { HealthStatus } from "../../lib/protocol/state.ts";
import { type Condition, conditionsOf, describe } from "./conditions.ts";
import type { Rule } from "./health.ts";
import { readWord } from "./words.ts";

/** True is bad news. */
const BAD =
  /(Fail(ed|ure|ing)?|Error(s|Occurred)?|Degraded|Invalid|Stalled|NotReady|Unhealthy|Conflict(ed)?|Orphan(ed)?|Missing|Fallback)$|^(Failed|Invalid|Error)/;
/** True says that somebody has stopped it on purpose. */
const STOPPED = /(^|\/)(Paused|Suspended|Waiting|Hibernat(ed|ion)|hibernation|Disrupting|Deactivated)$/i;
/** True says that it is on its way. */
const MOVING =
  /(^|\/)(Progressing|InProgress|In-progress|Reconciling|Updating|Upgrading|Creating|Deploying|Installing|Issuing|RolloutProgressing|Terminating|Running)$/;
/** True is the good news that a kind is made for, best first. */
const GOOD = [
  /^Ready$/,
  /^Healthy$/,
  /^Available$/,
  /^(Succeeded|Successful|Completed?)$/,
  /^(Programmed|Established|Valid|Accepted|Synced|Configured|Deployed|Reconciled|Initialized|Bound|Admitted|Resolved|Applied|FullyApplied|ResourcesUpToDate)$/,
  /(Ready|Available|Healthy|Synced|Synchronized|Accepted|Succeeded|Deployed|Reconciled|UpToDate|ReconcileComplete|-ready|-available)$/,
];

/** Reads conditions as the ecosystem names them: failures, then pauses, then the best good news there is. */
export const byConditions: Rule = (object) => {
  const conditions = latestOfEachType(conditionsOf(object));
  const say = (status: HealthStatus, condition: Condition) => ({ status, message: describe(condition) });
  const stopped = conditions.find(({ type, status }) => STOPPED.test(type) && status === "True");
  if (stopped) return say("Suspended", stopped);
  const good = goodNews(conditions);
  const bad = conditions.find(({ type, status }) => BAD.test(type) && status === "True");
  if (bad) return say("Degraded", bad);
  const missed = good.find(({ status }) => status !== "True");
  if (missed) return say(whyNot(missed, conditions), missed);
  const moving = conditions.find(({ type, status }) => MOVING.test(type) && status === "True");
  const [best] = good;
  if (best) return say("Healthy", best);
  return moving && say("Progressing", moving);
};

/** The conditions of the best kind of good news, and Synced beside Ready as Crossplane has it. */
function goodNews(conditions: Condition[]): Condition[] {
  for (const pattern of GOOD) {
    const found = conditions.filter(({ type }) => pattern.test(type));
    if (found.length === 0) continue;
    return [...conditions.filter(({ type }) => type === "Synced" && !pattern.test(type)), ...found];
  }
  return [];
}

/** Good news that is not there yet is progress where its reason says so, and a failure elsewhere. */
function whyNot(condition: Condition, conditions: Condition[]): HealthStatus {
  if (condition.status === "Unknown") return "Progressing";
  const word = readWord(condition.reason);
  if (word === "Suspended" || word === "Degraded") return word;
  if (word === "Progressing") return "Progressing";
  const moving = conditions.some(({ type, status }) => MOVING.test(type) && status === "True");
  return moving ? "Progressing" : "Degraded";
}

function latestOfEachType(conditions: Condition[]): Condition[] {
  return [...new Map(conditions.map((condition) => [condition.type, condition])).values()];
}
