import type { FieldChange, ResourceStatus } from "../../lib/protocol/object.ts";

const codes = { red: 31, green: 32, yellow: 33, cyan: 36, dim: 2, bold: 1 };
type Paint = (style: keyof typeof codes, text: string) => string;

/** The differences for people: each object that differs, its fields, both values, and who set the cluster's. */
export function printDiff(statuses: readonly ResourceStatus[], colour: boolean): string {
  const paint: Paint = (style, text) => (colour ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
  const lines = statuses.flatMap((status) => linesOf(status, paint));
  const count = (sync: string) => statuses.filter((status) => status.sync === sync).length;
  const parts = (["Modified", "Missing", "Unknown"] as const)
    .filter((sync) => count(sync) > 0)
    .map((sync) => `${count(sync)} ${sync.toLowerCase()}`);
  const total = `${statuses.length} ${statuses.length === 1 ? "object" : "objects"}`;
  const summary =
    parts.length > 0
      ? `${total}: ${parts.join(", ")}, ${count("Synced")} synced`
      : `${total}, nothing differs`;
  return `${[...lines, paint("bold", summary)].join("\n")}\n`;
}

function linesOf(status: ResourceStatus, paint: Paint): string[] {
  const { ref, sync } = status;
  if (sync === "Synced") return [];
  const name = `${ref.kind} ${ref.namespace ? `${ref.namespace}/` : ""}${ref.name}`;
  const source = status.source
    ? paint("dim", `  ${status.source.file}${status.source.line ? `:${status.source.line}` : ""}`)
    : "";
  const head = `${paint("bold", name)}  ${paint(sync === "Missing" ? "red" : "yellow", sync)}${source}`;
  const why = status.syncReason ? [`  ${status.syncReason}`] : [];
  const ignored = status.ignored
    ? [paint("dim", `  ${status.ignored} more hidden by ignore rules or an autoscaler`)]
    : [];
  return [head, ...why, ...status.changes.flatMap((change) => fieldLines(change, paint)), ...ignored, ""];
}

function fieldLines(change: FieldChange, paint: Paint): string[] {
  const by = change.by ? `${change.by.who}${change.by.time ? ` at ${change.by.time}` : ""}` : "";
  const note = [change.type === "added" && !change.counts ? "added, does not count" : change.type, by].filter(
    Boolean,
  );
  const lines = [`  ${paint("cyan", change.path)}  ${paint("dim", note.join(", "))}`];
  if (change.desired !== undefined) lines.push(...sideLines("-", "red", change.desired, paint));
  if (change.observed !== undefined) lines.push(...sideLines("+", "green", change.observed, paint));
  return lines;
}

function sideLines(sign: string, style: "red" | "green", value: unknown, paint: Paint): string[] {
  const text =
    typeof value === "string" && !value.includes("\n")
      ? value
      : typeof value === "string"
        ? value
        : JSON.stringify(value, null, 2);
  return text.split("\n").map((line) => paint(style, `    ${sign} ${line}`));
}
