import { withOrganization, withoutOrganization, withRouting } from "../db.ts";
import { notifyLive } from "../events.ts";
import { GitHostError } from "../git-hosts/index.ts";
import { findAccess, openHost } from "../repositories/open-host.ts";
import { problemOf } from "./connect-installations.ts";
import { findApp } from "./find-app.ts";

/** Asks GitHub how an installation is, since its webhook says that it changed, and writes it on every repository it reaches. */
export async function checkInstallation(installationId: number): Promise<void> {
  const rows = await withRouting((tx) =>
    tx.gitInstallation.findMany({
      where: { installationId },
      select: { organizationId: true, repositoryId: true },
    }),
  );
  const app = rows.length > 0 ? await withoutOrganization(findApp) : null;
  if (!app) return;
  const problem = await problemOf(app, installationId);
  for (const { organizationId, repositoryId: id } of rows) {
    const message = problem ?? (await refusalOf(organizationId, id));
    await withOrganization(organizationId, async (tx) => {
      await tx.repository.update({
        where: { organizationId_id: { organizationId, id } },
        data: { connection: message ? "failing" : "connected", connectionMessage: message },
      });
      await notifyLive(tx, organizationId, [{ topic: "repository", id }]);
    });
  }
}

/** What the host says where the installation itself is well but reaches the repository no more. */
async function refusalOf(organizationId: string, repositoryId: string): Promise<string | null> {
  const access = await withOrganization(organizationId, (tx) => findAccess(tx, organizationId, repositoryId));
  if (!access) return null;
  try {
    const { archived } = await openHost(access).getRepository();
    return archived
      ? "The repository is archived: nothing can be pushed to it. Unarchive it on GitHub."
      : null;
  } catch (error) {
    if (!(error instanceof GitHostError) || error.retryable) throw error;
    return `${error.message}. ${error.nextStep}`;
  }
}
