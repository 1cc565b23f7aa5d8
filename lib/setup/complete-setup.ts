import { randomUUID } from "node:crypto";
import { hashPassword } from "../auth/passwords.ts";
import { enterOrganization, withoutOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { insertOrganization, slugOf } from "../organizations/create-organization.ts";
import type { SetUpInput } from "../organizations/schemas.ts";
import { sha256 } from "../secrets.ts";

/** Makes the owner's account and organization with the one-time link, which is used up by it. */
export async function completeSetup({ input, address }: { input: SetUpInput; address: string | null }) {
  const passwordHash = await hashPassword(input.password);
  return withoutOrganization(async (tx) => {
    const used = await tx.setupLink.updateMany({
      where: { tokenHash: sha256(input.token), usedAt: null, expiresAt: { gt: new Date() } },
      data: { usedAt: new Date() },
    });
    if (used.count !== 1)
      throw new AppError(
        "forbidden",
        "This set-up link was used already or has expired. Restart Plumbline: it prints a new one while there is no account.",
      );
    const person = { id: randomUUID(), name: input.name };
    await tx.user.create({ data: { ...person, email: input.email.toLowerCase(), passwordHash } });
    const id = randomUUID();
    const slug = slugOf(input.organization);
    await enterOrganization(tx, id);
    await insertOrganization(tx, { id, slug, person, input: { name: input.organization }, address });
    return { id, slug };
  });
}
