import type { StoredEvent } from "./filter.ts";

const columns = [
  ...["sequence", "at", "actor_kind", "actor_id", "actor", "action", "subject_kind", "subject_id", "subject"],
  ...["reason", "details", "address", "version", "previous_hash", "hash"],
];

/** RFC 4180. */
export const csvHeader = `${columns.join(",")}\r\n`;

/** One event as a line of CSV. */
export function csvLine(_organizationId: string, event: StoredEvent): string {
  const details = JSON.parse(event.details) as { reason?: unknown };
  const reason = typeof details.reason === "string" ? details.reason : "";
  return `${[
    ...[String(event.sequence), event.at.toISOString(), event.actorKind, event.actorId, event.actorName],
    ...[event.action, event.subjectKind, event.subjectId, event.subjectName, reason, event.details],
    ...[event.address, String(event.version), event.previousHash, event.hash],
  ]
    .map(cell)
    .join(",")}\r\n`;
}

/**
 * A cell that a spreadsheet shows and does not run: what begins like a formula, perhaps after blanks, gets an
 * apostrophe before it (OWASP, "CSV Injection").
 */
function cell(text: string | null): string {
  if (text === null) return "";
  const harmless = /^[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  return /[",\r\n\t;']|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** One event as a line of JSON, with all that its hash covers; `details` is text, as that is what was hashed. */
export function jsonLine(organizationId: string, event: StoredEvent): string {
  const { sequence, at, version, ...rest } = event;
  const said = { version, organizationId, sequence: Number(sequence), at: at.toISOString(), ...rest };
  return `${JSON.stringify(said)}\n`;
}
