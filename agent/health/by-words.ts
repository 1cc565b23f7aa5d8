import type { KubeObject } from "../object.ts";
import { type Health, mapOf, type Rule, textOf } from "./health.ts";
import { readWord } from "./words.ts";

/** Where kinds keep the one word that says how they are. */
const FIELDS = [
  "phase",
  "state",
  "status",
  "health",
  "currentState",
  "currentStatus",
  "updateStatus",
  "lastOperationStatus",
];

/** Kinds that end: running is what they do until they have succeeded. */
const ENDS =
  /(Job|Run|Task|Workflow|Analysis|Experiment|Backup|Restore|Migration|Test|Build|Import|Export|Operation|Request|Snapshot|Scan)$/;

/** Reads the word that a kind's status gives as its phase or state. */
export const byWords: Rule = (object) => {
  const status = mapOf(object.status);
  for (const field of FIELDS) {
    const word = textOf(status[field]);
    const health = word ? readAs(object, word) : undefined;
    if (health) return { status: health, message: sentence(field, word, status) };
  }
  return undefined;
};

function readAs(object: KubeObject, word: string): Health["status"] | undefined {
  if (ENDS.test(object.kind) && /^(running|active|started|created|bound)$/i.test(word)) return "Progressing";
  return readWord(word);
}

function sentence(field: string, word: string, status: { [key: string]: unknown }): string {
  const detail = [status.message, status.reason, status.error].find(
    (one) => typeof one === "string" && one !== "",
  );
  return `Its ${field} is ${word}${detail ? `: ${detail as string}` : "."}`;
}
