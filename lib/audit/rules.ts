import { hash as digest } from "node:crypto";
import { canonicalJson } from "../protocol/canonical.ts";

/** One link of the chain, as it is stored. */
export type ChainedEvent = {
  version: number;
  organizationId: string;
  sequence: bigint;
  /** ISO 8601, in UTC, with milliseconds. */
  at: string;
  actorKind: string;
  actorId: string | null;
  actorName: string;
  action: string;
  subjectKind: string;
  subjectId: string;
  subjectName: string;
  /** JSON text, byte for byte as it was written. */
  details: string;
  address: string | null;
  previousHash: string;
  hash: string;
};

/** Before the first event. */
export const genesisHash = "0".repeat(64);

/** The canonical form that new events are hashed in. */
export const currentVersion = 2;

/**
 * The columns of the canonical form, in its order: what PostgreSQL's `COPY (select …) TO STDOUT` prints of them, the
 * hash after them, is the line that `canonicalLine` makes, a tab, and the hash.
 */
export const canonicalColumns = `version, organization_id, sequence, at at time zone 'UTC', actor_kind, actor_id,
  actor_name, action, subject_kind, subject_id, subject_name, details, address, previous_hash`;

/**
 * Version 2 of what an event's hash covers, which is all it says and the hash before it: its fields in the order of
 * `canonicalColumns`, tabs between them, in UTF-8. A null is `\N`; backslash, tab, line feed, carriage return,
 * backspace, form feed and vertical tab are written with a backslash, as PostgreSQL's COPY has it; a time is
 * `2026-11-20 14:02:11.5`, in UTC.
 */
export function canonicalLine(event: Omit<ChainedEvent, "hash">): string {
  const { version, organizationId, sequence, actorKind, actorId, actorName, action } = event;
  const { subjectKind, subjectId, subjectName, details, address, previousHash } = event;
  const time = event.at.replace("T", " ").replace(/\.?0*Z$/, "");
  return [
    ...[String(version), organizationId, String(sequence), time, actorKind, actorId, actorName, action],
    ...[subjectKind, subjectId, subjectName, details, address, previousHash],
  ]
    .map((field) => (field === null ? "\\N" : field.replace(special, (one) => escapes[one]!)))
    .join("\t");
}

const special = /[\\\b\f\n\r\t\v]/g;
const escapes: Record<string, string> = {
  ...{ "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v" },
};

/** Reads a line of `COPY (select <canonicalColumns>, hash …) TO STDOUT`. */
export function parseLine(line: string): ChainedEvent {
  const fields = line
    .split("\t")
    .map((field) =>
      field === "\\N" ? null : field.replace(/\\(.)/g, (_, one: string) => unescapes[one] ?? one),
    );
  const text = (index: number) => fields[index] ?? "";
  return {
    version: Number(text(0)),
    organizationId: text(1),
    sequence: BigInt(text(2)),
    at: isoTime(text(3)),
    actorKind: text(4),
    actorId: fields[5] ?? null,
    actorName: text(6),
    action: text(7),
    subjectKind: text(8),
    subjectId: text(9),
    subjectName: text(10),
    details: text(11),
    address: fields[12] ?? null,
    previousHash: text(13),
    hash: text(14),
  };
}

const unescapes: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function isoTime(text: string): string {
  const at = new Date(`${text.replace(" ", "T")}Z`);
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
}

/** The hash that an event should have by what it says, in the form its version names; null for a version that is none. */
export function hashEvent(event: Omit<ChainedEvent, "hash">): string | null {
  if (event.version === currentVersion) return digest("sha256", canonicalLine(event), "hex");
  return event.version === 1 ? hashVersion1(event) : null;
}

/** Version 1: canonical JSON, and of `details` its value. */
function hashVersion1(event: Omit<ChainedEvent, "hash">): string | null {
  const { version: _version, hash: _hash, ...said } = event as ChainedEvent;
  try {
    const details: unknown = JSON.parse(event.details);
    return digest("sha256", canonicalJson({ ...said, details, sequence: Number(event.sequence) }), "hex");
  } catch {
    return null;
  }
}
