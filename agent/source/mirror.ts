import { existsSync } from "node:fs";
import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Commit } from "../../lib/protocol/report.ts";
import { StageError } from "../errors.ts";
import type { Access } from "./credentials.ts";
import type { Git } from "./git.ts";
import { type Asked, gitFailure, revisionGone } from "./git-failure.ts";
import { isRevision } from "./ref.ts";
import type { RepositoryUrl } from "./repository-url.ts";

/** Every fetch adds a pack; past this many a fresh shallow fetch is cheaper than repacking. */
const MAX_PACKS = 50;

/** A look is one answer; a fetch and a checkout may move a whole repository. */
const PATIENCE = 5;

/** Git's words for a local copy that is damaged, or that a killed process left locked. */
const DAMAGED =
  /\.lock': File exists|corrupt|not a git repository|bad object|bad config|packfile|loose object|object file|unable to read|missing (blob|tree|commit)|all necessary objects|shallow (file|info)/i;

/** One repository's shallow bare copy, holding the revisions that were asked for. */
export type Mirror = { gitDir: string; repository: RepositoryUrl };

/** A revision that is asked for, as which ref's, and with what right. */
export type Wanted = {
  revision: string;
  ref: string;
  access: Access;
  asked: Asked;
  signal?: AbortSignal | undefined;
};

function openFetch(git: Git, mirror: Mirror, want: Wanted, timeoutMs: number) {
  const network = { scheme: mirror.repository.scheme, access: want.access };
  const always = ["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--force"];
  return (args: string[]) =>
    git.run(["fetch", ...always, ...args], {
      gitDir: mirror.gitDir,
      network,
      timeoutMs,
      signal: want.signal,
    });
}

/** Makes the mirror hold a revision and `depth` commits of its history; answers whether the server gave them. */
export async function deepen(git: Git, mirror: Mirror, want: Wanted, depth: number): Promise<boolean> {
  await prepare(git, mirror, want.revision, want.signal);
  const fetch = openFetch(git, mirror, want, PATIENCE * git.timeoutMs);
  const refspec = `${want.revision}:refs/plumbline/${want.revision}`;
  const ran = await fetch([`--depth=${depth}`, "--", mirror.repository.url, refspec]);
  if (succeeded(ran)) return true;
  if (DAMAGED.test(ran.stderr)) throw new BrokenCache("the local copy is damaged");
  // Servers that know no depth or no bare commit, and every failure's own words.
  await ensureRevision(git, mirror, want);
  return false;
}

/** Makes sure that the mirror holds a revision, fetching no more history than it takes. */
export async function ensureRevision(git: Git, mirror: Mirror, want: Wanted): Promise<void> {
  await prepare(git, mirror, want.revision, want.signal);
  if (await holds(git, mirror, want.revision, want.signal)) return;
  const timeoutMs = PATIENCE * git.timeoutMs;
  const fetch = openFetch(git, mirror, want, timeoutMs);

  const shallow = await fetch([
    "--depth=1",
    "--",
    mirror.repository.url,
    `${want.revision}:refs/plumbline/${want.revision}`,
  ]);
  if (succeeded(shallow) && (await holds(git, mirror, want.revision, want.signal))) return;
  if (DAMAGED.test(shallow.stderr)) throw new BrokenCache("the local copy is damaged");
  const failure = gitFailure(shallow, want.asked, timeoutMs);
  const dumb = /dumb http|does not support (shallow|--depth)|unadvertised object/i.test(shallow.stderr);
  if (failure.reason !== "RevisionGone" && !dumb) throw failure;

  // Servers that hand out no bare commit by its SHA may still have it in the ref's history.
  const unshallow = existsSync(join(mirror.gitDir, "shallow")) ? ["--unshallow"] : [];
  const ref = isRevision(want.ref) ? "HEAD" : want.ref;
  const full = await fetch([...unshallow, "--", mirror.repository.url, `${ref}:refs/plumbline/history`]);
  if (await holds(git, mirror, want.revision, want.signal)) return;
  if (!succeeded(full)) {
    if (DAMAGED.test(full.stderr)) throw new BrokenCache("the local copy is damaged");
    const why = gitFailure(full, want.asked, timeoutMs);
    if (why.reason !== "RefNotFound" && why.reason !== "RevisionGone") throw why;
  }
  throw revisionGone(want.asked.shown, want.revision);
}

/** Who wrote a revision, when and why, from the mirror. */
export async function readCommit(
  git: Git,
  mirror: Mirror,
  revision: string,
  signal?: AbortSignal,
): Promise<Commit> {
  const log = await git.run(
    ["log", "-1", "--no-show-signature", "--encoding=UTF-8", "--format=%an%x00%ae%x00%ct%x00%s", revision],
    {
      gitDir: mirror.gitDir,
      signal,
    },
  );
  const [author = "", email = "", seconds = "", subject = ""] = log.stdout
    .toString("utf8")
    .replace(/\n$/, "")
    .split("\0");
  const time = Number(seconds) * 1000;
  if (!succeeded(log) || seconds === "" || Number.isNaN(new Date(time).getTime()))
    throw new BrokenCache(`commit ${revision} cannot be read`);
  return {
    revision,
    author: author.slice(0, 300),
    ...(email === "" ? {} : { authorEmail: email.slice(0, 320) }),
    committedAt: new Date(time).toISOString(),
    subject: subject.slice(0, 1000),
  };
}

/** What is on disk is not what was put there: removing and fetching it again is the remedy. */
export class BrokenCache extends Error {}

/** Whether a Git command did what it was asked. */
export function succeeded(ran: { ended: string; code: number | null }): boolean {
  return ran.ended === "exited" && ran.code === 0;
}

async function prepare(git: Git, mirror: Mirror, revision: string, signal?: AbortSignal): Promise<void> {
  const { gitDir } = mirror;
  const packs = (await readdir(join(gitDir, "objects", "pack")).catch(() => [])).filter((name) =>
    /^tmp_|\.pack$/.test(name),
  );
  if (packs.length > MAX_PACKS) await rm(gitDir, { recursive: true, force: true });
  if (existsSync(join(gitDir, "plumbline"))) {
    await utimes(join(gitDir, "plumbline"), new Date(), new Date()).catch(() => {});
    return;
  }
  await rm(gitDir, { recursive: true, force: true });
  await mkdir(gitDir, { recursive: true, mode: 0o700 });
  const format = revision.length === 64 ? ["--object-format=sha256"] : [];
  const made = await git.run(["init", "--quiet", "--bare", "--template=", ...format, "--", gitDir], {
    signal,
  });
  if (!succeeded(made))
    throw new StageError(
      "fetch",
      "CacheUnwritable",
      "The agent's cache directory cannot be written; give it an empty volume with room on it.",
      {
        next: "retry",
      },
    );
  // Files come out as Git has them: no line-end conversion, no smudge filter, no keyword expansion.
  await mkdir(join(gitDir, "info"), { recursive: true });
  await writeFile(join(gitDir, "info", "attributes"), "* -text -filter -ident -eol -working-tree-encoding\n");
  await writeFile(join(gitDir, "plumbline"), mirror.repository.shown);
}

/** Whether the mirror has a commit and its tree. */
export async function holds(
  git: Git,
  mirror: Mirror,
  revision: string,
  signal?: AbortSignal,
): Promise<boolean> {
  return succeeded(
    await git.run(["cat-file", "-e", `${revision}^{tree}`], { gitDir: mirror.gitDir, signal }),
  );
}
