import { withoutOrganization } from "../db.ts";
import { sweepHistory } from "../history/sweep-history.ts";

const day = 86_400_000;

/**
 * Drops what nobody will ask for again: ended sessions after a month, deliveries after a year, as until then a
 * replayed one must be known again, and what an organization no longer keeps of its history.
 */
export async function cleanUp(now: Date): Promise<void> {
  await withoutOrganization(async (tx) => {
    const monthAgo = new Date(now.getTime() - 30 * day);
    await tx.session.deleteMany({
      where: { OR: [{ expiresAt: { lt: monthAgo } }, { revokedAt: { lt: monthAgo } }] },
    });
    await tx.webhookDelivery.deleteMany({
      where: { receivedAt: { lt: new Date(now.getTime() - 366 * day) } },
    });
    await tx.setupLink.deleteMany({ where: { expiresAt: { lt: monthAgo } } });
  });
  await sweepHistory(now);
}
