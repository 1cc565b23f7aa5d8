import type { AuditEvent } from "#lib/audit/schemas.ts";

/** `rollback.opened` reads "rollback opened". */
export const actionWords = (action: string) => action.replaceAll(/[._-]/g, " ");

/** What an event says beyond who and what: the reason by itself, the rest in one line. */
export function detailWords(details: AuditEvent["details"]): { reason: string | null; rest: string } {
  const { reason, ...others } = details;
  const said = typeof reason === "string" && reason !== "" ? reason : null;
  const rest = Object.entries(others)
    .filter(([, value]) => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => `${keyWords(key)}: ${valueWords(value)}`)
    .join(", ");
  return { reason: said, rest };
}

/** `fromRevision` reads "from revision". */
const keyWords = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function valueWords(value: unknown): string {
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(", ");
  if (typeof value !== "string") return JSON.stringify(value);
  if (/^[0-9a-f]{40}$/.test(value)) return value.slice(0, 7);
  return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 10) : value;
}
