import { type Prisma, withOrganization, withRouting } from "../db.ts";
import { notifyLive } from "../events.ts";
import { GitHostError } from "../git-hosts/index.ts";
import { findAccess, installationTokenOwner, openHost } from "../repositories/open-host.ts";
import { type Answer, settle } from "../revisions/rules.ts";

/** Of each repository at a turn: a host's limit is for rollbacks first. */
const atOnce = 3;

type Due = { organizationId: string; repositoryId: string; revision: string; committedAt: Date };

/**
 * Asks the hosts of newly recorded commits through which pull request they came, and who approved it; the newest
 * commits of each repository first. What a host refuses is written down with its reason and asked again later.
 */
export async function findProvenance(now: Date): Promise<void> {
  const withToken = await installationTokenOwner();
  const due = await withRouting(
    (tx) => tx.$queryRaw<Due[]>`
      select r.organization_id as "organizationId", r.repository_id as "repositoryId", r.revision, r.committed_at as "committedAt"
      from repositories p cross join lateral (
        select * from revisions v where v.organization_id = p.organization_id and v.repository_id = p.id
          and v.provenance_due is not null and v.provenance_due <= ${now}::timestamptz
        order by v.committed_at desc limit ${atOnce}) r
      where p.connection <> 'none' or p.organization_id = ${withToken}::uuid`,
  );
  for (const commits of Map.groupBy(due, (one) => one.repositoryId).values())
    for (const commit of commits) if (!(await ask(commit, now))) break;
}

/** False where the host will not answer for the next commits either. */
async function ask({ committedAt, ...commit }: Due, now: Date): Promise<boolean> {
  const { organizationId, repositoryId, revision } = commit;
  const access = await withOrganization(organizationId, (tx) => findAccess(tx, organizationId, repositoryId));
  if (!access) return false;
  let answer: Answer;
  try {
    const found = await openHost(access).findIntroduction(revision);
    answer = { found: found && { kind: "pull-request", ...found } };
  } catch (error) {
    if (!(error instanceof GitHostError)) throw error;
    answer = { refused: refusal(error), retryAt: error.retryAt, passes: error.retryable };
  }
  const { provenance, due } = settle(answer, committedAt, now);
  await withOrganization(organizationId, async (tx) => {
    await tx.revision.update({
      where: { organizationId_repositoryId_revision: commit },
      data: {
        provenanceDue: due,
        ...(provenance ? { provenance: provenance as Prisma.InputJsonObject } : {}),
      },
    });
    if (!provenance) return;
    const shown = await tx.environment.findMany({
      where: { organizationId, repositoryId, removedAt: null, revisions: { some: { revision } } },
      select: { id: true },
    });
    await notifyLive(
      tx,
      organizationId,
      shown.map(({ id }) => ({ topic: "environment" as const, id })),
    );
  });
  return !("refused" in answer);
}

function refusal({ code, message }: GitHostError): string {
  if (code === "forbidden")
    return "Plumbline\u2019s token may not read the pull requests of this repository.";
  if (code === "not-found")
    return "The Git host does not have this commit (any more), or hides it from Plumbline.";
  if (code === "unauthorized") return "The Git host refuses Plumbline\u2019s token for this repository.";
  return message;
}
