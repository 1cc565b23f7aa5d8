import type { Sign } from "#components/state/state.ts";
import { signOfHealth, signOfSync } from "#components/state/state.ts";
import type { ObjectDetail, ResourceRow } from "#lib/environments/schemas.ts";

/** The sign and the word of an object: of what differs, or else of its health. */
export function signOfObject(object: Pick<ResourceRow, "sync" | "cause" | "health">): {
  sign: Sign;
  word: string;
} {
  return object.sync === "Synced"
    ? { sign: signOfHealth(object.health), word: object.health }
    : { sign: signOfSync(object.sync, object.cause), word: object.sync };
}

/** What is to be said of an object beside its fields, in sentences. */
export function objectSentences(object: Omit<ResourceRow, "children" | "childrenLeft">): string[] {
  return [
    object.sync === "Missing" && "Git asks for this object; the cluster does not have it.",
    object.sync === "Extra" && "Git no longer asks for this object; the cluster still has it.",
    object.syncReason,
    object.health !== "Healthy" && object.sync !== "Missing" && object.healthReason,
  ].filter((text, index, all): text is string => Boolean(text) && all.indexOf(text) === index);
}

/** Half a line: "spec.replicas 6 → 2 and 3 more fields". */
export function objectSummary(
  object: Pick<ObjectDetail, "sync" | "syncReason" | "health" | "healthReason" | "changes">,
): string {
  if (object.sync === "Missing") return "missing in the cluster";
  if (object.sync === "Extra") return "no longer in Git";
  const counted = object.changes.filter(({ counts }) => counts);
  const first = counted[0];
  if (!first) return object.syncReason ?? (object.health === "Healthy" ? "" : (object.healthReason ?? ""));
  const more = counted.length - 1;
  return `${first.path} ${shown(first.desired)} → ${shown(first.observed)}${more > 0 ? ` and ${more} more` : ""}`;
}

function shown(value: unknown): string {
  if (value === undefined) return "(unset)";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 48 ? `${text.slice(0, 47)}…` : text;
}
