import { type Context, requireRole } from "../auth/context.ts";
import { type Environment, type Transaction, withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { commitOf } from "../environments/list-history.ts";
import { AppError } from "../errors.ts";
import { type FileChange, type GitHost, GitHostError } from "../git-hosts/index.ts";
import type { Commit } from "../protocol/report.ts";
import { openHost } from "../repositories/open-host.ts";
import { readRollback } from "./rollback-facts.ts";
import { baseBranchOf } from "./rules.ts";
import type { PreviewRollbackInput, RollbackPreview } from "./schemas.ts";
import { mayHoldSecrets } from "./secret-files.ts";

/** Files of which both ends are read, so that no Secret is shown; patches of more than these are withheld. */
const readFiles = 40;

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
  const { environment, obstacles, access, from, to, rendersSecrets } = await withOrganization(
    organizationId,
    async (tx) => {
      const environment = await findEnvironment(tx, organizationId, input.environmentId);
      const read = await readRollback(tx, environment, { toRevision: input.toRevision, fromRevision: null });
      const commit = (revision: string) =>
        readCommit(tx, { organizationId, repositoryId: environment.repositoryId, revision });
      return {
        environment,
        ...read,
        from: environment.headRevision && (await commit(environment.headRevision)),
        to: await commit(input.toRevision),
        rendersSecrets: await readRendersSecrets(tx, environment, read.targetDigest),
      };
    },
  );
  if (!to || !from)
    throw new AppError(
      "not-found",
      `The revision ${input.toRevision.slice(0, 12)} is not known for this environment.`,
    );
  if (!access || from.revision === to.revision) return { from, to, files: [], truncated: false, obstacles };
  try {
    const host = openHost(access);
    const { baseSha, files, truncated } = await host.previewRestore({
      paths: [environment.path || "."],
      targetSha: to.revision,
      baseBranch: baseBranchOf(environment.ref),
    });
    const ends = { base: baseSha, target: to.revision };
    const secrets = rendersSecrets || baseSha !== environment.comparedRevision;
    const withheld = await Promise.all(
      files.map(
        (file, index) => file.patch !== null && (index >= readFiles || isSecret(host, file, ends, secrets)),
      ),
    );
    const shown = files.map((file, index) => fileOf(file, withheld[index] ?? true));
    return { from, to, files: shown, truncated, obstacles };
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

function fileOf(file: FileChange, withheld: boolean): RollbackPreview["files"][number] {
  const { path, additions, deletions } = file;
  const status = file.status === "other" ? "modified" : file.status;
  return { path, status, additions, deletions, patch: withheld ? null : file.patch, withheld };
}

/** A file that cannot be read is taken for one with secrets. */
async function isSecret(
  host: GitHost,
  file: FileChange,
  ends: { base: string; target: string },
  rendersSecrets: boolean,
): Promise<boolean> {
  try {
    const texts = await Promise.all([
      host.fileAt(ends.base, file.previousPath ?? file.path),
      host.fileAt(ends.target, file.path),
    ]);
    const present = texts.filter((text) => text !== undefined);
    return present.length === 0 || mayHoldSecrets(file.path, present, rendersSecrets);
  } catch (error) {
    if (error instanceof GitHostError) return true;
    throw error;
  }
}

/** Whether a Secret is among what is or was rendered at either end; what is not known may have one. */
async function readRendersSecrets(
  tx: Transaction,
  { organizationId, id: environmentId }: Environment,
  targetDigest: string | null,
): Promise<boolean> {
  const now = await tx.resource.count({
    where: { organizationId, environmentId, ref: { path: ["kind"], equals: "Secret" } },
  });
  if (now > 0 || !targetDigest) return true;
  const rendering = await tx.rendering.findUnique({
    where: {
      organizationId_environmentId_renderedDigest: {
        organizationId,
        environmentId,
        renderedDigest: targetDigest,
      },
    },
  });
  if (!rendering) return true;
  return Object.keys(rendering.manifests as object).some((key) => key.startsWith("/Secret/"));
}

async function readCommit(
  tx: Transaction,
  where: { organizationId: string; repositoryId: string; revision: string },
): Promise<Commit | null> {
  const row = await tx.revision.findUnique({ where: { organizationId_repositoryId_revision: where } });
  return row && commitOf(row);
}
