import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import type { AuditEvent, AuditPage } from "./schemas.ts";

const pageSize = 100;

/** The organization's audit log, newest first, a page at a time. */
export async function listAudit({
  ctx,
  input = {},
}: {
  ctx: Context;
  input?: { after?: string | null };
}): Promise<AuditPage> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const { after } = input;
  if (after && !/^\d{1,18}$/.test(after))
    throw new AppError("invalid", "The page's cursor is not one of ours; start from the first page.");
  const rows = await withOrganization(organizationId, (tx) =>
    tx.auditEvent.findMany({
      where: { organizationId, ...(after ? { sequence: { lt: BigInt(after) } } : {}) },
      orderBy: { sequence: "desc" },
      take: pageSize + 1,
    }),
  );
  const events = rows.slice(0, pageSize).map((row) => ({
    sequence: Number(row.sequence),
    at: row.at.toISOString(),
    actor: { kind: row.actorKind as AuditEvent["actor"]["kind"], name: row.actorName },
    action: row.action,
    subject: { kind: row.subjectKind, id: row.subjectId, name: row.subjectName },
    details: row.details as AuditEvent["details"],
    address: row.address,
    hash: row.hash,
  }));
  const last = events.at(-1);
  return { events, next: rows.length > pageSize && last ? String(last.sequence) : null };
}
