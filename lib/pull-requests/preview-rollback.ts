import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { commitOf } from "../environments/list-history.ts";
import { AppError } from "../errors.ts";
import { type FileChange, GitHostError } from "../git-hosts/index.ts";
import type { Commit } from "../protocol/report.ts";
import { openHost } from "../repositories/open-host.ts";
import { readRollback } from "./rollback-facts.ts";
import { baseBranchOf } from "./rules.ts";
import type { PreviewRollbackInput, RollbackPreview } from "./schemas.ts";

/**
 * What the pull request would change in Git under the environment's path, and what stands in its way.
 * A host that does not answer is an obstacle, not a failure: the rest is still worth seeing.
 */
export async function previewRollback({
  ctx,
  input,
}: {
  ctx: Context;
  input: PreviewRollbackInput & { environmentId: string };
}): Promise<RollbackPreview> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const { environment, obstacles, access, from, to } = await withOrganization(organizationId, async (tx) => {
    const environment = await findEnvironment(tx, organizationId, input.environmentId);
    const read = await readRollback(tx, environment, { toRevision: input.toRevision, fromRevision: null });
    const commit = (revision: string) =>
      readCommit(tx, { organizationId, repositoryId: environment.repositoryId, revision });
    return {
      environment,
      ...read,
      from: environment.headRevision && (await commit(environment.headRevision)),
      to: await commit(input.toRevision),
    };
  });
  if (!to || !from)
    throw new AppError(
      "not-found",
      `The revision ${input.toRevision.slice(0, 12)} is not known for this environment.`,
    );
  if (!access || from.revision === to.revision) return { from, to, files: [], truncated: false, obstacles };
  try {
    const { files, truncated } = await openHost(access).previewRestore({
      paths: [environment.path || "."],
      targetSha: to.revision,
      baseBranch: baseBranchOf(environment.ref),
    });
    return { from, to, files: files.map(fileOf), truncated, obstacles };
  } catch (error) {
    if (!(error instanceof GitHostError)) throw error;
    return {
      from,
      to,
      files: [],
      truncated: false,
      obstacles: [...obstacles, `${error.message}: ${error.nextStep}`],
    };
  }
}

function fileOf(file: FileChange): RollbackPreview["files"][number] {
  const { path, additions, deletions, patch } = file;
  return { path, status: file.status === "other" ? "modified" : file.status, additions, deletions, patch };
}

async function readCommit(
  tx: Transaction,
  where: { organizationId: string; repositoryId: string; revision: string },
): Promise<Commit | null> {
  const row = await tx.revision.findUnique({ where: { organizationId_repositoryId_revision: where } });
  return row && commitOf(row);
}
