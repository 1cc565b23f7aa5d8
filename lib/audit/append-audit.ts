import type { Actor } from "../auth/context.ts";
import type { Prisma, Transaction } from "../db.ts";
import { notifyLive } from "../events.ts";
import { genesisHash, hashEvent } from "./rules.ts";

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

/** Adds a link to the organization's audit chain; what it tells of and the event commit together. */
export async function appendAudit(tx: Transaction, entry: Entry): Promise<void> {
  const { organizationId } = entry;
  // One writer a chain: the next link needs the hash of the last one committed.
  await tx.$queryRaw`select pg_advisory_xact_lock(hashtextextended(${`audit:${organizationId}`}, 0))::text`;
  const last = await tx.auditEvent.findFirst({
    where: { organizationId },
    orderBy: { sequence: "desc" },
    select: { sequence: true, hash: true },
  });
  const event = {
    organizationId,
    sequence: Number(last?.sequence ?? 0n) + 1,
    at: new Date().toISOString(),
    actorKind: entry.actor.kind,
    actorId: entry.actor.id,
    actorName: entry.actor.name,
    action: entry.action,
    subjectKind: entry.subject.kind,
    subjectId: entry.subject.id,
    subjectName: entry.subject.name,
    details: (entry.details ?? {}) as Prisma.InputJsonObject,
    address: entry.address ?? null,
    previousHash: last?.hash ?? genesisHash,
  };
  await tx.auditEvent.create({ data: { ...event, hash: hashEvent(event) } });
  await notifyLive(tx, organizationId, [{ topic: "audit", id: String(event.sequence) }]);
}
