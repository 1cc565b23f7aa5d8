import { Prisma } from "../db.ts";
import type { AuditFilter } from "./schemas.ts";
import { parseSearch } from "./search.ts";

/** One event as lists and exports read it. */
export type StoredEvent = {
  version: number;
  sequence: bigint;
  at: Date;
  actorKind: string;
  actorId: string | null;
  actorName: string;
  action: string;
  subjectKind: string;
  subjectId: string;
  subjectName: string;
  details: string;
  address: string | null;
  previousHash: string;
  hash: string;
};

export const storedColumns = Prisma.sql`a.version, a.sequence, a.at, a.actor_kind as "actorKind",
  a.actor_id as "actorId", a.actor_name as "actorName", a.action, a.subject_kind as "subjectKind",
  a.subject_id as "subjectId", a.subject_name as "subjectName", a.details::text as details, a.address,
  a.previous_hash as "previousHash", a.hash`;

/** What a search looks at: all that an event says. */
const said = Prisma.sql`lower(concat_ws(' ', a.actor_name, a.action, a.subject_kind, a.subject_name, a.subject_id, a.address, a.details::text))`;

/** The conditions of a filter on `audit_events a`, joined by "and". */
export function filterOf(organizationId: string, filter: AuditFilter): Prisma.Sql {
  const { actor, action, subjectKind, from, until, text } = filter;
  const conditions = [Prisma.sql`a.organization_id = ${organizationId}::uuid`];
  if (actor) conditions.push(Prisma.sql`a.actor_name = ${actor}`);
  if (action?.endsWith(".*")) {
    const noun = action.slice(0, -1);
    // "." is followed by "/" : between the two is all that begins with the noun, and an index finds it.
    conditions.push(Prisma.sql`a.action >= ${noun} and a.action < ${`${noun.slice(0, -1)}/`}`);
  } else if (action) conditions.push(Prisma.sql`a.action = ${action}`);
  if (subjectKind) conditions.push(Prisma.sql`a.subject_kind = ${subjectKind}`);
  if (from) conditions.push(Prisma.sql`a.at >= ${from}::timestamptz`);
  if (until) conditions.push(Prisma.sql`a.at < ${until}::timestamptz`);
  const { include, exclude } = parseSearch(text ?? "");
  for (const word of include) conditions.push(Prisma.sql`${said} like ${like(word)}`);
  for (const word of exclude) conditions.push(Prisma.sql`${said} not like ${like(word)}`);
  return Prisma.join(conditions, " and ");
}

const like = (word: string) => `%${word.replace(/[\\%_]/g, "\\$&")}%`;
