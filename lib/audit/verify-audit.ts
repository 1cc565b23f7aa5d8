import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { firstBreak, genesisHash } from "./rules.ts";
import type { AuditVerification } from "./schemas.ts";

const batch = 1000;

/** Follows the whole chain from its first event, and says where it first breaks. */
export async function verifyAudit({ ctx }: { ctx: Context }): Promise<AuditVerification> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  let last = { sequence: 0, hash: genesisHash };
  let checked = 0;
  for (;;) {
    const rows = await withOrganization(organizationId, (tx) =>
      tx.auditEvent.findMany({
        where: { organizationId, sequence: { gt: BigInt(last.sequence) } },
        orderBy: { sequence: "asc" },
        take: batch,
      }),
    );
    const events = rows.map((row) => ({ ...row, sequence: Number(row.sequence), at: row.at.toISOString() }));
    const brokenAt = firstBreak(events, last);
    if (brokenAt !== null) {
      const message = `Event ${brokenAt} is not what was written, or one before it is gone.`;
      return {
        ok: false,
        checked: checked + events.findIndex(({ sequence }) => sequence === brokenAt),
        brokenAt,
        message,
      };
    }
    checked += events.length;
    const end = events.at(-1);
    if (!end || events.length < batch) break;
    last = { sequence: end.sequence, hash: end.hash };
  }
  return { ok: true, checked, brokenAt: null, message: `All ${checked} events are as they were written.` };
}
