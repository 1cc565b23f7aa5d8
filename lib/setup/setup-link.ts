import { randomBytes } from "node:crypto";
import { withoutOrganization } from "../db.ts";
import { env } from "../env.ts";
import { sha256 } from "../secrets.ts";

const validHours = 24;

/**
 * At first run, an address to make the owner's account with; null once anybody has an account.
 * Only its digest is stored, so each start prints a new one and ends the one before.
 */
export function ensureSetupLink(): Promise<string | null> {
  return withoutOrganization(async (tx) => {
    if ((await tx.user.count()) > 0) return null;
    const token = randomBytes(24).toString("base64url");
    await tx.setupLink.deleteMany({ where: { usedAt: null } });
    await tx.setupLink.create({
      data: { tokenHash: sha256(token), expiresAt: new Date(Date.now() + validHours * 3_600_000) },
    });
    return `${env().PLUMBLINE_URL}/setup?token=${token}`;
  });
}
