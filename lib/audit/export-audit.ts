import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { appendAudit } from "./append-audit.ts";
import { csvHeader, csvLine, jsonLine } from "./export-lines.ts";
import { filterOf, type StoredEvent, storedColumns } from "./filter.ts";
import { AuditFilter } from "./schemas.ts";

const pageSize = 1000;
export const formats = ["csv", "jsonl"] as const;

/**
 * The audit log, oldest first, as CSV or JSON lines, of what a filter lets through: up to the event that says that
 * it was exported. A page at a time, so that any length costs the same memory. Needs viewer.
 */
export async function exportAudit({
  ctx,
  input,
}: {
  ctx: Context;
  input: { format: string | null } & Record<string, unknown>;
}): Promise<{ lines: AsyncGenerator<string>; type: string; name: string }> {
  requireRole(ctx, "viewer");
  const { format, ...rest } = input;
  if (format !== "csv" && format !== "jsonl")
    throw new AppError("invalid", `format: one of ${formats.join(", ")}.`);
  const filter = AuditFilter.parse(rest);
  const { organizationId, actor, address } = ctx;
  const slug = await withOrganization(organizationId, async (tx) => {
    const { slug, name } = await tx.organization.findUniqueOrThrow({ where: { id: organizationId } });
    const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
    await appendAudit(tx, {
      ...{ organizationId, actor, address },
      action: "audit.exported",
      subject: { kind: "organization", id: organizationId, name },
      details: { format, ...given },
    });
    return slug;
  });
  const day = new Date().toISOString().slice(0, 10);
  const type = format === "csv" ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";
  return { lines: read(organizationId, filter, format), type, name: `${slug}-audit-${day}.${format}` };
}

async function* read(
  organizationId: string,
  filter: AuditFilter,
  format: (typeof formats)[number],
): AsyncGenerator<string> {
  const end = await withOrganization(organizationId, (tx) =>
    tx.auditEvent.findFirst({ where: { organizationId }, orderBy: { sequence: "desc" } }),
  );
  const line = format === "csv" ? csvLine : jsonLine;
  if (format === "csv") yield csvHeader;
  for (let after = 0n; ; ) {
    const rows = await withOrganization(
      organizationId,
      (tx) => tx.$queryRaw<StoredEvent[]>`
        select ${storedColumns} from audit_events a
        where ${filterOf(organizationId, filter)} and a.sequence > ${after} and a.sequence <= ${end?.sequence ?? 0n}
        order by a.sequence limit ${pageSize}`,
    );
    if (rows.length > 0) yield rows.map((row) => line(organizationId, row)).join("");
    if (rows.length < pageSize) return;
    after = rows.at(-1)!.sequence;
  }
}
