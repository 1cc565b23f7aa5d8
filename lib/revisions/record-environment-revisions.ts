import type { Transaction } from "../db.ts";
import type { EnvironmentRevision } from "../protocol/report.ts";
import { recordRevisions } from "../syncs/record-syncs.ts";

type Where = { organizationId: string; environmentId: string; repositoryId: string };

/** Writes down the commits that changed an environment, once each; true where one was new. */
export async function recordEnvironmentRevisions(
  tx: Transaction,
  where: Where,
  revisions: EnvironmentRevision[],
  seenAt: Date,
): Promise<boolean> {
  if (revisions.length === 0) return false;
  const { organizationId, environmentId } = where;
  const { count } = await tx.environmentRevision.createMany({
    data: revisions.map(({ commit, renderedDigest, inputs }, at) => ({
      ...{ organizationId, environmentId, renderedDigest, inputs },
      revision: commit.revision,
      committedAt: commit.committedAt,
      // Told oldest first: one that replaced another is the newer one of the two.
      seenAt: new Date(seenAt.getTime() - (revisions.length - 1 - at)),
    })),
    skipDuplicates: true,
  });
  await recordRevisions(
    tx,
    where,
    revisions.map(({ commit }) => commit),
  );
  return count > 0;
}
