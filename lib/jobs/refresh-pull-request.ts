import type { Actor } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { recordPullRequestState } from "../pull-requests/record-state.ts";
import { findAccess, openHost } from "../repositories/open-host.ts";

/** Asks the host what became of a pull request and writes it down: neither a webhook nor a sweep is believed by itself. */
export async function refreshPullRequest(call: {
  organizationId: string;
  id: string;
  actor: Actor;
}): Promise<void> {
  const { organizationId, id, actor } = call;
  const read = await withOrganization(organizationId, async (tx) => {
    const row = await tx.pullRequest.findUnique({ where: { organizationId_id: { organizationId, id } } });
    if (!row || row.number === null || row.status !== "open") return null;
    return { number: row.number, access: await findAccess(tx, organizationId, row.repositoryId) };
  });
  if (!read?.access) return;
  const host = await openHost(read.access).getPullRequest(read.number);
  await recordPullRequestState({ organizationId, id, host, actor });
}
