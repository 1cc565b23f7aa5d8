import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Commit } from "../../lib/protocol/report.ts";
import { StageError } from "../errors.ts";
import type { Git } from "./git.ts";
import { BrokenCache, type Mirror, readCommit, succeeded } from "./mirror.ts";

/** A longer list of file names is a hostile tree, or a repository that is not about configuration. */
const MAX_NAMES_BYTES = 32 * 1024 * 1024;

/** A thousand environments may use one tree; who comes last counts, not each one. */
const MARK_EVERY_MS = 1000;

/** The working trees on disk, `<folder>/<key>-<revision>/` with tree, index and commit.json. Keeps at most `max` working trees, least recently used out first, never one that is in use. */
export function openCheckouts(options: { git: Git; folder: string; max: number }) {
  const { git, folder, max } = options;
  const inUse = new Map<string, number>();
  /** Trees that this process has made or looked through, and when they were last marked as used. */
  const verified = new Map<string, { commit: Commit; markedAt: number }>();

  /** A tree that an earlier call, or an earlier process, made; undefined where there is none that is whole. */
  async function find(name: string, mirror: Mirror, signal?: AbortSignal): Promise<Commit | undefined> {
    const place = join(folder, name);
    const known = verified.get(name);
    if (known && Date.now() - known.markedAt < MARK_EVERY_MS && existsSync(join(place, "tree")))
      return known.commit;
    const stored = await readFile(join(place, "commit.json"), "utf8").catch(() => undefined);
    if (stored === undefined) return undefined;
    const commit = Commit.safeParse(parseJson(stored));
    const whole = commit.success && (known || (await isWhole(place, mirror, signal)));
    if (!whole) {
      await rm(place, { recursive: true, force: true });
      return undefined;
    }
    verified.set(name, { commit: commit.data, markedAt: Date.now() });
    await utimes(join(place, "commit.json"), new Date(), new Date()).catch(() => {});
    return commit.data;
  }

  async function isWhole(place: string, mirror: Mirror, signal?: AbortSignal): Promise<boolean> {
    const how = {
      gitDir: mirror.gitDir,
      workTree: join(place, "tree"),
      indexFile: join(place, "index"),
      signal,
    };
    if (!(await stat(how.workTree).catch(() => undefined))) return false;
    await git.run(["update-index", "-q", "--refresh"], how);
    const changed = await git.run(["diff-files", "--quiet", "--ignore-submodules"], how);
    const added = await git.run(["ls-files", "--others", "-z"], how);
    return succeeded(changed) && succeeded(added) && added.stdout.length === 0;
  }

  /** Writes the tree beside its place and moves it there whole. */
  async function make(name: string, mirror: Mirror, revision: string, signal?: AbortSignal): Promise<Commit> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = await mkdtemp(join(folder, ".draft-"));
    try {
      const tree = join(draft, "tree");
      await mkdir(tree);
      const how = { gitDir: mirror.gitDir, workTree: tree, indexFile: join(draft, "index"), signal };
      await checkSize(mirror, revision, signal);
      const commit = await readCommit(git, mirror, revision, signal);
      for (const args of [
        ["read-tree", revision],
        ["checkout-index", "--all", "--force", "--quiet", "--index"],
      ]) {
        const ran = await git.run(args, how);
        if (ran.ended === "timeout")
          throw tooLarge(mirror, `it takes longer than ${git.timeoutMs / 1000} s to write out`);
        if (/No space left|Disk quota/i.test(ran.stderr)) throw diskFull();
        if (!succeeded(ran)) throw new BrokenCache(`${args[0]} of ${revision} failed`);
      }
      await writeFile(join(draft, "commit.json"), JSON.stringify(commit));
      await rm(join(folder, name), { recursive: true, force: true });
      await rename(draft, join(folder, name));
      verified.set(name, { commit, markedAt: Date.now() });
      return commit;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  async function checkSize(mirror: Mirror, revision: string, signal?: AbortSignal): Promise<void> {
    const listed = await git.run(["ls-tree", "-r", "-z", "--name-only", revision], {
      gitDir: mirror.gitDir,
      maxOutputBytes: MAX_NAMES_BYTES,
      signal,
    });
    if (listed.ended === "too-large" || listed.ended === "timeout")
      throw tooLarge(mirror, "the names of its files alone are more than 32 MiB");
    if (!succeeded(listed)) throw new BrokenCache(`the tree of ${revision} cannot be read`);
  }

  return {
    find,
    make,
    directory: (name: string) => join(folder, name, "tree"),
    /** Marks a tree as used until the returned function is called. */
    hold(name: string): () => void {
      inUse.set(name, (inUse.get(name) ?? 0) + 1);
      let released = false;
      return () => {
        if (released) return;
        released = true;
        const left = inUse.get(name)! - 1;
        if (left > 0) inUse.set(name, left);
        else inUse.delete(name);
      };
    },
    async evict(): Promise<void> {
      const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith("."));
      for (const name of await oldestFirst(folder, names, "commit.json", max)) {
        if (inUse.has(name)) continue;
        verified.delete(name);
        await rm(join(folder, name), { recursive: true, force: true });
      }
    },
    /** Removes what a killed process left half-written. */
    async sweep(): Promise<void> {
      for (const name of await readdir(folder).catch(() => []))
        if (name.startsWith(".draft-")) await rm(join(folder, name), { recursive: true, force: true });
    },
  };
}

/** The entries of a folder that exceed `max`, by when the file `mark` in each was last touched. */
export async function oldestFirst(
  folder: string,
  names: string[],
  mark: string,
  max: number,
): Promise<string[]> {
  if (names.length <= max) return [];
  const aged = await Promise.all(
    names.map(async (name) => ({
      name,
      used: await stat(join(folder, name, mark)).then(
        (found) => found.mtimeMs,
        () => 0,
      ),
    })),
  );
  aged.sort((a, b) => a.used - b.used);
  return aged.slice(0, names.length - max).map(({ name }) => name);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tooLarge(mirror: Mirror, why: string): StageError {
  return new StageError(
    "fetch",
    "RepositoryTooLarge",
    `The repository ${mirror.repository.shown} is too large: ${why}.`,
  );
}

function diskFull(): StageError {
  return new StageError("fetch", "DiskFull", "The agent's cache volume is full; give it more room.", {
    next: "retry",
  });
}
