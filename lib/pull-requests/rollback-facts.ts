import type { Environment, Transaction } from "../db.ts";
import { type Access, findAccess } from "../repositories/open-host.ts";
import { rollbackObstacles } from "./rules.ts";

/** Reads what the rollback precondition is about; the same reading for preview, request and job. */
export async function readRollback(
  tx: Transaction,
  environment: Environment,
  asked: { toRevision: string; fromRevision: string | null; except?: string },
): Promise<{ obstacles: string[]; access: Access | null; targetDigest: string | null }> {
  const { organizationId, id: environmentId, repositoryId, headRevision } = environment;
  const target = await tx.sync.findFirst({
    where: { organizationId, environmentId, revision: asked.toRevision, convergedAt: { not: null } },
    orderBy: { convergedAt: "desc" },
    select: { renderedDigest: true },
  });
  const pending = await tx.pullRequest.findFirst({
    where: {
      organizationId,
      environmentId,
      status: { in: ["requested", "open"] },
      ...(asked.except ? { id: { not: asked.except } } : {}),
    },
    select: { number: true },
  });
  const access = await findAccess(tx, organizationId, repositoryId);
  const obstacles = rollbackObstacles({
    removed: environment.removedAt !== null,
    headRevision,
    fromRevision: asked.fromRevision,
    toRevision: asked.toRevision,
    targetConverged: target !== null,
    sameRendering: target !== null && target.renderedDigest === desiredDigest(environment),
    pending,
    connected: access !== null,
  });
  return { obstacles, access, targetDigest: target?.renderedDigest ?? null };
}

/** What Git's newest commit renders to, as far as it was compared; undefined where it was not. */
export function desiredDigest(
  environment: Pick<Environment, "headRevision" | "comparedRevision" | "renderedDigest">,
): string | undefined {
  const current = environment.headRevision === environment.comparedRevision;
  return (current && environment.renderedDigest) || undefined;
}
