import { appendAudit } from "../audit/append-audit.ts";
import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";
import { findMissingPermissions, GitHostError } from "../git-hosts/index.ts";
import { seal } from "../secrets.ts";
import { type Access, accessOf, openHost, tokenContext } from "./open-host.ts";
import type { ConnectRepositoryInput } from "./schemas.ts";

/**
 * Gives Plumbline a token to open pull requests in a repository with: tried on the host first, then
 * stored encrypted. Throws `invalid` with what the host said. Needs admin.
 */
export async function connectRepository({
  ctx,
  input,
}: {
  ctx: Context;
  input: ConnectRepositoryInput & { repositoryId: string };
}): Promise<void> {
  requireRole(ctx, "admin");
  const { organizationId, actor, address } = ctx;
  const { token, repositoryId } = input;
  const repository = await withOrganization(organizationId, (tx) =>
    /^[0-9a-f-]{36}$/.test(repositoryId)
      ? tx.repository.findUnique({ where: { organizationId_id: { organizationId, id: repositoryId } } })
      : Promise.resolve(null),
  );
  if (!repository) throw new AppError("not-found", "There is no such repository here.");
  await tryToken({ url: repository.url, token });
  const tokenEncrypted = new Uint8Array(seal(token, tokenContext(organizationId, repositoryId)));
  await withOrganization(organizationId, async (tx) => {
    const where = { organizationId_repositoryId: { organizationId, repositoryId } };
    const data = { tokenEncrypted, installationId: null, hostRepositoryId: null, createdBy: actor.name };
    await tx.gitInstallation.upsert({
      where,
      update: data,
      create: { organizationId, repositoryId, ...data },
    });
    await tx.repository.update({
      where: { organizationId_id: { organizationId, id: repositoryId } },
      data: { connection: "connected", connectionMessage: null },
    });
    const subject = { kind: "repository", id: repositoryId, name: repository.name };
    await appendAudit(tx, { organizationId, actor, address, action: "repository.connected", subject });
    await notifyLive(tx, organizationId, [{ topic: "repository", id: repositoryId }]);
  });
}

async function tryToken(access: Access) {
  try {
    const { archived, canPush } = await openHost(access).getRepository();
    if (archived) throw new AppError("invalid", "The repository is archived: nothing can be pushed to it.");
    if (canPush === false)
      throw new AppError(
        "invalid",
        "The token may read the repository but not push branches to it; give it write access to contents and pull requests.",
      );
    const missing = await findMissingPermissions(accessOf(access));
    if (missing.length > 0)
      throw new AppError(
        "invalid",
        `The token lacks ${missing.join(", ")}. Add that on GitHub, where the token was made, and try again.`,
      );
  } catch (cause) {
    if (cause instanceof GitHostError)
      throw new AppError("invalid", `${cause.message}. ${cause.nextStep}`, { cause });
    throw cause;
  }
}
