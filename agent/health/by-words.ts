import type { HealthStatus } from "../../lib/protocol/state.ts";
import type { KubeObject } from "../object.ts";
import { type Health, type JsonMap, mapOf, type Rule, textOf } from "./health.ts";
import { readWord, worstOf } from "./words.ts";

/** Names under which kinds keep a word that says how they are. */
const WORDED = /(^|[a-z])(phase|state|status|health|stageStatus)$/i;
/** Words about something else: what was asked for, what came before, whether an option is on. */
const ELSEWHERE =
  /^(desired|previous|prior|target|last(?!OperationStatus|DeploymentStatus)|old|requested|initial|expected)/i;

/** Kinds that end: running is what they do until they have succeeded. */
const ENDS =
  /(Job|Run|Task|Workflow|Analysis|Experiment|Backup|Restore|Migration|Test|Build|Import|Export|Operation|Request|Scan)$/;
const NOT_YET_ENDED = /^(running|active|started|created|bound|accepted|ready)$/i;

/** Reads the words that a kind's status gives as its phase, state or health; the worst of them counts. */
export const byWords: Rule = (object) => wordsOf(object.kind, mapOf(object.status));

/** The worst of the words of one map of a status. */
export function wordsOf(kind: string, status: JsonMap): Health | undefined {
  const found: Health[] = [];
  for (const field of Object.keys(status)) {
    if (!WORDED.test(field) || ELSEWHERE.test(field)) continue;
    const word = textOf(status[field]);
    const read = word ? readAs(kind, word) : undefined;
    if (read) found.push({ status: read, message: sentence(field, word, status) });
  }
  return worstOf(found);
}

function readAs(kind: string, word: string): HealthStatus | undefined {
  return ENDS.test(kind) && NOT_YET_ENDED.test(word) ? "Progressing" : readWord(word);
}

function sentence(field: string, word: string, status: JsonMap): string {
  const detail = [status.message, status.reason, status.error, status.description].find(
    (one) => typeof one === "string" && one !== "",
  );
  return `Its ${field} is ${word}${detail ? `: ${textOf(detail)}` : "."}`;
}

/** What an object's words add to conditions that are vague, or that call well what is not. */
export function hintOf(object: KubeObject, vague: boolean): Health | undefined {
  const health = byWords(object, {});
  return health?.status === "Healthy" && !vague ? undefined : health;
}
