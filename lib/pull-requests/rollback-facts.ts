import type { Environment, Transaction } from "../db.ts";
import { type Access, findAccess } from "../repositories/open-host.ts";
import type { Candidate } from "./plan-restore.ts";
import { rollbackCautions, rollbackObstacles } from "./rules.ts";

type Facts = {
  obstacles: string[];
  cautions: string[];
  access: Access | null;
  targetDigest: string | null;
  /** What was rendered at the target, or before the commit that is taken back: whose files are shown. */
  shownDigest: string | null;
  /** What the target's rendering read; null where that was not recorded. */
  inputs: string[] | null;
  /** Recorded revisions that rendered to what the target did, newest first. */
  candidates: Candidate[];
};

/** Reads what the rollback precondition is about; the same reading for preview, request and job. */
export async function readRollback(
  tx: Transaction,
  environment: Environment,
  asked: { kind: string; toRevision: string; fromRevision: string | null; except?: string },
): Promise<Facts> {
  const { organizationId, id: environmentId, repositoryId, headRevision } = environment;
  const { kind, toRevision } = asked;
  const where = { organizationId, environmentId };
  const target = await tx.sync.findFirst({
    where: { ...where, revision: toRevision, convergedAt: { not: null } },
    orderBy: { convergedAt: "desc" },
    select: { renderedDigest: true },
  });
  const recorded = await tx.environmentRevision.findUnique({
    where: { organizationId_environmentId_revision: { ...where, revision: toRevision } },
  });
  const before = kind === "revert" && recorded ? await readBefore(tx, recorded) : null;
  const targetDigest =
    kind === "revert"
      ? before?.newest
        ? before.renderedDigest
        : null
      : (target?.renderedDigest ?? recorded?.renderedDigest ?? null);
  const alike = targetDigest
    ? await tx.environmentRevision.findMany({
        where: { ...where, renderedDigest: targetDigest },
        orderBy: [{ seenAt: "desc" }, { revision: "asc" }],
        take: 3,
      })
    : [];
  const pending = await tx.pullRequest.findFirst({
    where: {
      ...where,
      status: { in: ["requested", "open"] },
      ...(asked.except ? { id: { not: asked.except } } : {}),
    },
    select: { number: true },
  });
  const access = await findAccess(tx, organizationId, repositoryId);
  // A revision that changed nothing here has no row: one that rendered to the same stands for it.
  const inputs = (recorded ?? alike[0])?.inputs as string[] | undefined;
  const facts = { kind, targetConverged: target !== null, inputsRecorded: inputs !== undefined };
  const obstacles = rollbackObstacles({
    ...facts,
    removed: environment.removedAt !== null,
    headRevision,
    fromRevision: asked.fromRevision,
    toRevision,
    sameRendering: targetDigest !== null && targetDigest === desiredDigest(environment),
    pending,
    connected: access !== null,
  });
  return {
    obstacles,
    cautions: rollbackCautions(facts),
    access,
    targetDigest,
    shownDigest: kind === "revert" ? (before?.renderedDigest ?? null) : targetDigest,
    inputs: inputs ?? null,
    candidates: alike.map((one) => ({ revision: one.revision, inputs: one.inputs as string[] })),
  };
}

type Recorded = { organizationId: string; environmentId: string; revision: string; seenAt: Date };

/**
 * What was rendered before a commit, and whether that commit is the newest that changed the environment: only then is
 * it what is rendered without it.
 */
async function readBefore(
  tx: Transaction,
  { organizationId, environmentId, revision, seenAt }: Recorded,
): Promise<{ renderedDigest: string | null; newest: boolean } | null> {
  const where = { organizationId, environmentId, revision: { not: revision } };
  const before = await tx.environmentRevision.findFirst({
    where: { ...where, seenAt: { lte: seenAt } },
    orderBy: [{ seenAt: "desc" }, { revision: "desc" }],
    select: { renderedDigest: true },
  });
  const later = await tx.environmentRevision.findFirst({ where: { ...where, seenAt: { gt: seenAt } } });
  return before && { ...before, newest: later === null };
}

/** What Git's newest commit renders to, as far as it was compared; undefined where it was not. */
export function desiredDigest(
  environment: Pick<Environment, "headRevision" | "comparedRevision" | "renderedDigest">,
): string | undefined {
  const current = environment.headRevision === environment.comparedRevision;
  return (current && environment.renderedDigest) || undefined;
}
