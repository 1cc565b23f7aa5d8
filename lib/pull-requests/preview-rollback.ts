import { type Context, requireRole } from "../auth/context.ts";
import { type Environment, type Transaction, withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { commitOf } from "../environments/list-history.ts";
import { AppError } from "../errors.ts";
import { type FileChange, type GitHost, GitHostError, type HostCommit } from "../git-hosts/index.ts";
import type { Commit } from "../protocol/report.ts";
import { openHost } from "../repositories/open-host.ts";
import { listReaders, type NamedReader } from "./list-readers.ts";
import { narrowSuffices, planRestore } from "./plan-restore.ts";
import { readObjectChanges } from "./read-objects.ts";
import { readRollback } from "./rollback-facts.ts";
import { baseBranchOf } from "./rules.ts";
import type { PreviewRollbackInput, RollbackPreview } from "./schemas.ts";
import { mayHoldSecrets } from "./secret-files.ts";

/** Files of which both ends are read, so that no Secret is shown; patches of more than these are withheld. */
const readFiles = 40;

/**
 * What a rollback would change: in Git, in the cluster, and for everybody else who reads the same files; and what
 * stands in its way. A host that does not answer is an obstacle, not a failure: the rest is still worth seeing.
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
  const { kind = "rollback", toRevision } = input;
  const read = await withOrganization(organizationId, async (tx) => {
    const environment = await findEnvironment(tx, organizationId, input.environmentId);
    const facts = await readRollback(tx, environment, { kind, toRevision, fromRevision: null });
    const commit = (revision: string) =>
      readCommit(tx, { organizationId, repositoryId: environment.repositoryId, revision });
    return {
      environment,
      ...facts,
      readers: await listReaders(tx, environment),
      changes: await readObjectChanges(tx, environment, kind, facts.targetDigest),
      from: environment.headRevision && (await commit(environment.headRevision)),
      to: await commit(toRevision),
      rendersSecrets: await readRendersSecrets(tx, environment, facts.shownDigest),
    };
  });
  const { environment, access, from, changes } = read;
  const unknown = `The revision ${toRevision.slice(0, 12)} is not known for this environment.`;
  const empty = {
    files: [],
    truncated: false,
    inputsRecorded: read.inputs !== null,
    objects: changes.objects,
    objectsNote: changes.note,
    reaches: [],
    narrower: null,
    obstacles: read.obstacles,
    cautions: read.cautions,
  };
  if (!from) throw new AppError("not-found", unknown);
  if (!access || (kind !== "revert" && from.revision === toRevision)) {
    if (!read.to) throw new AppError("not-found", unknown);
    return { from, to: read.to, ...empty };
  }
  const host = openHost(access);
  let to = read.to;
  try {
    to ??= commitOfHost(await host.getCommit(toRevision));
    const plan = await planRestore(host, { ...read, kind, toRevision, narrow: false });
    const { files, baseSha, truncated } = plan.preview;
    const ends = { base: baseSha, target: plan.targetSha };
    const secrets = read.rendersSecrets || baseSha !== environment.comparedRevision;
    const withheld = await Promise.all(
      files.map(
        (file, index) => file.patch !== null && (index >= readFiles || isSecret(host, file, ends, secrets)),
      ),
    );
    const baseBranch = baseBranchOf(environment.ref);
    return {
      ...{ from, to, ...empty, truncated },
      files: files.map((file, index) => fileOf(file, withheld[index] ?? true)),
      reaches: plan.reached.map(({ reader, files }) => reachedOf(reader, files)),
      narrower:
        plan.reached.length === 0 || plan.own.length === 0
          ? null
          : {
              files: plan.own,
              suffices: await narrowSuffices(host, plan, read.candidates, baseBranch),
            },
    };
  } catch (error) {
    if (!(error instanceof GitHostError)) throw error;
    if (!to) throw new AppError("not-found", `${unknown} ${error.message}.`, { cause: error });
    return { from, to, ...empty, obstacles: [...read.obstacles, `${error.message}: ${error.nextStep}`] };
  }
}

function reachedOf({ id, name, cluster, state, recorded }: NamedReader, files: string[]) {
  return { environment: { id, name, cluster, state }, files, recorded };
}

function commitOfHost(commit: HostCommit): Commit {
  return {
    revision: commit.sha,
    author: commit.authorName,
    committedAt: new Date(commit.committedAt).toISOString(),
    subject: commit.message.split("\n")[0] ?? "",
  };
}

function fileOf(file: FileChange, withheld: boolean): RollbackPreview["files"][number] {
  const { path, previousPath, additions, deletions } = file;
  const status = file.status === "other" ? "modified" : file.status;
  return { path, previousPath, status, additions, deletions, patch: withheld ? null : file.patch, withheld };
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
