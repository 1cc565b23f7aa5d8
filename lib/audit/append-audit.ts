import type { Actor } from "../auth/context.ts";
import type { Prisma, Transaction } from "../db.ts";
import { notifyLive } from "../events.ts";
import { canonicalJson } from "../protocol/canonical.ts";
import { currentVersion, genesisHash, hashEvent } from "./rules.ts";

type Entry = {
  organizationId: string;
  actor: Actor;
  address?: string | null;
  /** `noun.verb` in the past: `rollback.opened`. */
  action: string;
  subject: { kind: string; id: string; name: string };
  /** No secret belongs here: it can never be taken out again. */
  details?: Record<string, Prisma.InputJsonValue | null>;
};

/**
 * Adds a link to the organization's audit chain; what it tells of and the event commit together. One writer a chain
 * at a time, until it commits: append last, so that it is short.
 */
export async function appendAudit(tx: Transaction, entry: Entry): Promise<void> {
  const { organizationId, actor, subject } = entry;
  const [last] = await tx.$queryRaw<{ sequence: bigint; hash: string }[]>`
    select "sequence", hash from plumbline_audit_head(${organizationId}::uuid)`;
  const event = {
    version: currentVersion,
    organizationId: organizationId.toLowerCase(),
    sequence: (last?.sequence ?? 0n) + 1n,
    at: new Date().toISOString(),
    actorKind: actor.kind,
    actorId: actor.id && storable(actor.id),
    actorName: storable(actor.name),
    action: entry.action,
    subjectKind: subject.kind,
    subjectId: storable(subject.id),
    subjectName: storable(subject.name),
    details: storableJson(entry.details ?? {}),
    address: entry.address ? storable(entry.address) : null,
    previousHash: last?.hash ?? genesisHash,
  };
  await tx.$executeRaw`
    insert into audit_events (version, organization_id, sequence, at, actor_kind, actor_id, actor_name, action,
      subject_kind, subject_id, subject_name, details, address, previous_hash, hash)
    values (${event.version}, ${event.organizationId}::uuid, ${event.sequence}, ${event.at}::timestamptz,
      ${event.actorKind}, ${event.actorId}, ${event.actorName}, ${event.action}, ${event.subjectKind},
      ${event.subjectId}, ${event.subjectName}, ${event.details}::json, ${event.address}, ${event.previousHash},
      ${hashEvent(event)})`;
  await notifyLive(tx, organizationId, [{ topic: "audit", id: String(event.sequence) }]);
}

/** What PostgreSQL takes as text: names come from clusters and Git hosts, and hold what they like. */
const storable = (text: string) => text.replaceAll("\0", "\uFFFD").toWellFormed();

function storableJson(details: unknown): string {
  const plain: unknown = JSON.parse(JSON.stringify(details), (_key, value) =>
    typeof value === "string" ? storable(value) : value,
  );
  return canonicalJson(plain);
}
