import type { Transaction } from "../db.ts";

type Environment = {
  organizationId: string;
  environmentId: string;
  repositoryId: string;
  /** What Git's newest commit renders to; undefined where that is not known. */
  desired: string | undefined;
};
type Seen = { revision: string; trigger: string; finishedAt: Date };

/** What became of revisions, and which way they are from what is desired now. */
export type Ways = {
  /** Why a rollback or a revert took the environment away from it afterwards; null where none did. */
  rolledBack(sync: Seen): string | null;
  /** Whether going to a commit of that time is rolling forward: it is newer than what a rollback brought back. */
  forward(committedAt: Date | undefined): boolean;
  /** Whether its commit changed this environment, so that it can be taken back by itself. */
  canRevert(sync: Seen): boolean;
};

/** Reads the ways of some revisions of an environment. */
export async function readWays(
  tx: Transaction,
  { organizationId, environmentId, repositoryId, desired }: Environment,
  revisions: string[],
): Promise<Ways> {
  const where = { organizationId, environmentId };
  const merged = await tx.pullRequest.findMany({
    where: {
      ...where,
      mergedAt: { not: null },
      OR: [
        { kind: "rollback", fromRevision: { in: revisions } },
        { kind: "revert", commitRevision: { in: revisions } },
        { mergeRevision: { in: revisions } },
      ],
    },
    select: {
      kind: true,
      fromRevision: true,
      commitRevision: true,
      mergeRevision: true,
      mergedAt: true,
      reason: true,
    },
    orderBy: { mergedAt: "asc" },
  });
  const changed = await tx.environmentRevision.findMany({
    where: { ...where, revision: { in: revisions } },
    select: { revision: true },
  });
  const broughtBack = desired
    ? await tx.pullRequest.findFirst({
        where: { ...where, kind: "rollback", mergedAt: { not: null }, targetDigest: desired },
        orderBy: { mergedAt: "desc" },
        select: { toRevision: true },
      })
    : null;
  const origin =
    broughtBack &&
    (await tx.revision.findUnique({
      where: {
        organizationId_repositoryId_revision: {
          ...{ organizationId, repositoryId, revision: broughtBack.toRevision },
        },
      },
      select: { committedAt: true },
    }));
  const own = new Set(changed.map(({ revision }) => revision));
  for (const { mergeRevision } of merged) if (mergeRevision) own.delete(mergeRevision);
  const away = (pull: (typeof merged)[number]) =>
    pull.kind === "revert" ? pull.commitRevision : pull.kind === "rollback" ? pull.fromRevision : null;
  const rolledBack = ({ revision, finishedAt }: Seen) =>
    merged.find((by) => away(by) === revision && by.mergedAt! > finishedAt)?.reason ?? null;
  return {
    rolledBack,
    forward: (committedAt) =>
      origin !== null && committedAt !== undefined && committedAt > origin.committedAt,
    canRevert: (sync) =>
      own.has(sync.revision) && ["commit", "hint"].includes(sync.trigger) && rolledBack(sync) === null,
  };
}
