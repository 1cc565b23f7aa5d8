import { type GitHost, GitHostError, type RestorePreview } from "../git-hosts/index.ts";
import { blastRadius, ownFiles, type Reader, readsFile, restoredPaths } from "./closure.ts";
import { baseBranchOf } from "./rules.ts";

/** A recorded revision that rendered to what the target did. */
export type Candidate = { revision: string; inputs: string[] };

type Asked<R extends Reader> = {
  kind: string;
  /** The revision to go to; the commit to undo, for a revert. */
  toRevision: string;
  environment: { path: string; ref: string };
  inputs: string[] | null;
  readers: R[];
  narrow: boolean;
};

/** A restore, thought through on the host and not done yet. */
export type RestorePlan<R extends Reader> = {
  /** The commit whose content comes back. */
  targetSha: string;
  /** The commit whose change alone is taken back, for a revert. */
  undoing: string | undefined;
  /** What is put back. */
  paths: string[];
  preview: RestorePreview;
  reached: { reader: R; files: string[] }[];
  /** Those of the changed files that nobody else reads. */
  own: string[];
};

/** Finds what a restore would put back, what that changes, and whom it reaches. */
export async function planRestore<R extends Reader>(host: GitHost, asked: Asked<R>): Promise<RestorePlan<R>> {
  const { environment, inputs, readers, narrow } = asked;
  const baseBranch = baseBranchOf(environment.ref);
  const { targetSha, paths: whole } =
    asked.kind === "revert"
      ? await filesOfCommit(host, asked.toRevision)
      : {
          targetSha: asked.toRevision,
          paths: inputs ? restoredPaths(inputs, environment.path) : [environment.path || "."],
        };
  const undoing = asked.kind === "revert" ? asked.toRevision : undefined;
  const preview = await host.previewRestore({ paths: whole, targetSha, undoing, baseBranch });
  const changed = changedPaths(preview.files);
  const own = ownFiles(changed, readers);
  const reached = blastRadius(changed, readers);
  if (!narrow) return { targetSha, undoing, paths: whole, preview, reached, own };
  if (own.length === 0)
    throw new GitHostError(
      "nothing-to-do",
      "Every file that would change is read by another environment, too",
      "Restore all of them, or change the files by hand.",
    );
  return { targetSha, undoing, paths: own, preview, reached: [], own };
}

/** Both ends of what moves, and the one of all else. */
const changedPaths = (files: { path: string; previousPath: string | null }[]) =>
  files.flatMap(({ path, previousPath }) => (previousPath === null ? [path] : [previousPath, path])).sort();

async function filesOfCommit(
  host: GitHost,
  revision: string,
): Promise<{ targetSha: string; paths: string[] }> {
  const [parent] = (await host.getCommit(revision)).parents;
  if (!parent)
    throw new GitHostError(
      "conflict",
      `${revision.slice(0, 8)} is the first commit: there is nothing before it`,
      "Choose another commit.",
    );
  const { files, truncated } = await host.compare(parent, revision);
  if (truncated && files.length >= 300)
    throw new GitHostError(
      "conflict",
      `${revision.slice(0, 8)} changes more files than GitHub lists`,
      "Revert it with Git.",
    );
  return { targetSha: parent, paths: changedPaths(files) };
}

/**
 * Whether restoring only the environment's own files renders to what was rendered at the target: proven where it
 * leaves all that a recorded revision of that rendering read as it was there.
 */
export async function narrowSuffices(
  host: GitHost,
  plan: RestorePlan<Reader>,
  candidates: Candidate[],
  baseBranch: string,
): Promise<boolean> {
  const restored = becoming(plan.preview, plan.own);
  for (const { revision, inputs } of candidates) {
    const preview = await host.previewRestore({ paths: inputs, targetSha: revision, baseBranch });
    const needed = becoming(preview, changedPaths(preview.files));
    const read = new Set(inputs);
    const alike =
      [...needed].every(([path, sha]) => restored.has(path) && restored.get(path) === sha) &&
      [...restored].every(([path]) => !readsFile(read, path) || needed.has(path));
    if (alike) return true;
  }
  return false;
}

/** What each of these paths becomes: a blob, or null where it goes. */
function becoming({ files }: RestorePreview, paths: string[]): Map<string, string | null> {
  const wanted = new Set(paths);
  const all = files.flatMap(({ path, previousPath, sha }): [string, string | null][] =>
    previousPath === null
      ? [[path, sha]]
      : [
          [previousPath, null],
          [path, sha],
        ],
  );
  return new Map(all.filter(([path]) => wanted.has(path)));
}
