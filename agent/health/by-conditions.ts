import type { HealthStatus } from "../../lib/protocol/state.ts";
import type { Json } from "../object.ts";
import { hintOf } from "./by-words.ts";
import { type Condition, conditionsOf, describe } from "./conditions.ts";
import type { Health, Rule } from "./health.ts";
import { readWord } from "./words.ts";

/** True is bad news. */
const BAD =
  /(Fail(ed|ure|ing)?|Errors?|ErrorOccurred|Degraded|Invalid(Spec)?|Stalled|NotReady|PartiallyReady|Unhealthy|Conflict(ed|ing)?|Orphan(ed)?|Fallback|Rejected|Unavailable)$|^(Failed|Invalid|Error)/;
/** True says that somebody has stopped it on purpose. */
const STOPPED = /(^|\/)(Paused|Suspended|Waiting|Hibernated|[Hh]ibernation|Disrupting|Deactivated)$/;
/** True says that it is on its way, whatever else is well. */
const MOVING =
  /(Updating|Upgrading|Creating|Deploying|Installing|Issuing|RolloutProgressing|Terminating|Deleting|Scaling|Migrating|In-?[Pp]rogress|BundleUnpacking)$/;
/** True says that it works at something; whether that is all it does, other conditions say. */
const BUSY = /(^|\/)(Progressing|Running|Reconciling|Launched|Registered)$/;
/** True is the good news that a kind is made for; the first of these that it has decides alone. */
const BEST = [/^Ready$/, /^(Healthy|Available)$/, /^(Succeeded|Successful|Completed?|Finished)$/];
/** Further good news; without any of the best, all of these must be True. */
const GOOD =
  /(^|\/|[a-z])(Ready|Available|Healthy|Synced|Synchronized|Accepted|Succeeded|Deployed|Reconciled|UpToDate|Programmed|Established|Valid|Configured|Initialized|Bound|Admitted|Resolved|ResolvedRefs|Applied|ReconcileComplete|Installed|Provisioned|Attached|Connected|Registered|Scheduled|Launched|Loaded|Verified)$|-(ready|available)$/;

/** Reads conditions as the ecosystem names them. */
export const byConditions: Rule = (object) => {
  const health = judge(conditionsOf(object), object.metadata?.generation);
  const hint = health && hintOf(object, health.vague === true);
  if (!health || !hint) return health;
  // A failure without a telling reason, beside a phase that says what is going on.
  return health.status === "Healthy" || health.vague ? hint : health;
};

type Verdict = Health & { vague?: boolean };

/** The verdict of a list of conditions: failures, then pauses, then what moves, then the best good news. */
export function judge(all: readonly Condition[], generation?: Json): Verdict | undefined {
  const conditions = [...new Map(all.map((condition) => [condition.type, condition])).values()];
  const say = (status: HealthStatus, condition: Condition): Verdict => ({
    status,
    message: describe(condition),
  });
  const isTrue = (pattern: RegExp) =>
    conditions.find(({ type, status }) => pattern.test(type) && status === "True");
  const stale = conditions.find(
    ({ observed }) => typeof generation === "number" && observed !== undefined && observed < generation,
  );
  if (stale)
    return {
      status: "Progressing",
      message: `Its ${stale.type} is of generation ${stale.observed}, not yet ${generation}.`,
    };
  const good = goodNews(conditions);
  const bad = isTrue(BAD);
  if (
    bad &&
    !(BEST[0]?.test(good[0]?.type ?? "") && good[0]?.status === "True" && /Partially/.test(bad.type))
  )
    return say("Degraded", bad);
  const rollout = conditions.find(({ type }) => type === "Progressing");
  const stopped = isTrue(STOPPED);
  if (stopped) return say("Suspended", stopped);
  if (rollout && rollout.status !== "True") {
    const word = readWord(rollout.reason);
    if (word === "Suspended" || (word === "Degraded" && rollout.status === "False"))
      return say(word, rollout);
    if (rollout.status === "Unknown" && !good.some(({ type }) => type === "Ready"))
      return { ...say("Progressing", rollout), vague: true };
  }
  const missed = good.find(({ status }) => status !== "True");
  if (missed) return { ...whyNot(missed, conditions), message: describe(missed) };
  const moving = isTrue(MOVING);
  if (moving) return say("Progressing", moving);
  const [best] = good;
  if (best && BEST[2]?.test(best.type) && readWord(best.reason) === "Degraded") return say("Degraded", best);
  if (rollout?.status === "True" && best && best.type !== "Ready" && readWord(rollout.reason) !== "Healthy")
    return say("Progressing", rollout);
  if (best) return say("Healthy", best);
  const busy = isTrue(BUSY);
  if (busy) return say("Progressing", busy);
  const [fine] = conditions.filter(({ type, status }) => BAD.test(type) && status === "False");
  return fine && say("Healthy", fine);
}

/** The conditions that must be True: the best there is, and Synced beside it as Crossplane has it. */
function goodNews(conditions: Condition[]): Condition[] {
  for (const pattern of BEST) {
    const found = conditions.filter(({ type }) => pattern.test(type));
    if (found.length > 0) return [...conditions.filter(({ type }) => type === "Synced"), ...found];
  }
  return conditions.filter(({ type }) => GOOD.test(type) && !BAD.test(type));
}

/** Good news that is not there yet is progress where its reason says so, and a failure elsewhere. */
function whyNot(condition: Condition, conditions: Condition[]): { status: HealthStatus; vague?: boolean } {
  const { reason, message, status, severity } = condition;
  if (severity === "Error" || /Healthy$/.test(condition.type)) return { status: "Degraded" };
  if (condition.type === "Scheduled" && status === "False") return { status: "Progressing" };
  const word = readWord(reason);
  if (word === "Degraded" || word === "Suspended") return { status: word };
  if (status === "Unknown") return { status: "Progressing" };
  if (severity === "Info") return { status: "Progressing" };
  if (/^fail/i.test(message)) return { status: "Degraded" };
  const notReady =
    /NotReady$/.test(reason) && !/(StatefulSet|Deployment|DaemonSet|Pods?|Replicas?)NotReady$/.test(reason);
  if (word === "Progressing" && !notReady) return { status: "Progressing" };
  if (
    /^(waiting|in progress)|\b(being created|still (creating|waiting)|is in progress)\b/i.test(
      `${message} ${reason}`,
    )
  )
    return { status: "Progressing" };
  const others = conditions.filter(({ type }) => type !== condition.type);
  if (others.some(({ status, reason }) => status === "False" && /^(Error|Failed)$/.test(reason)))
    return { status: "Degraded" };
  if (
    others.some(
      ({ type, status }) =>
        (MOVING.test(type) || BUSY.test(type)) &&
        status === "True" &&
        type !== "Launched" &&
        type !== "Registered",
    )
  )
    return { status: "Progressing" };
  // A kind that would say so if it had failed has not failed.
  if (reason === "" && others.some(({ type, status }) => BAD.test(type) && status === "False"))
    return { status: "Progressing" };
  return { status: "Degraded", vague: true };
}
