import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Commit } from "../../lib/protocol/report.ts";
import type { Declaration } from "../declaration.ts";
import { StageError } from "../errors.ts";
import { oldestFirst, openCheckouts } from "./checkouts.ts";
import { coalesced, oneAtATime } from "./coalesce.ts";
import { type Access, openAccess } from "./credentials.ts";
import { openGit } from "./git.ts";
import { type Asked, gitFailure, refNotFound } from "./git-failure.ts";
import { type History, readHistory } from "./history.ts";
import { BrokenCache, ensureRevision, type Mirror, succeeded, type Wanted } from "./mirror.ts";
import { checkRef, isRevision, pickRevision, refPatterns } from "./ref.ts";
import { type RepositoryUrl, repositoryUrl } from "./repository-url.ts";

export type { History } from "./history.ts";

type Repository = Declaration["repository"];

const MOST_HISTORIES = 32;

/** A working tree, to be read only, until `release` is called. */
export type Checkout = { directory: string; commit: Commit; release(): void };

/** Where desired state comes from. Every failure is a StageError of stage `fetch`. */
export interface Source {
  /**
   * Newest revision of the ref, by ls-remote; or what one that began after `since` (of `performance.now()`)
   * has answered, so that a thousand environments of one repository ask once.
   */
  head(repository: Repository, signal?: AbortSignal, since?: number): Promise<string>;
  /** Working tree at a revision (default: head of the ref). Cached, bounded, survives restarts. */
  checkout(repository: Repository, revision?: string, signal?: AbortSignal): Promise<Checkout>;
  /**
   * The commits that lead from a revision (null: as many as are cheap) to another one, and what each changed.
   * Read once for all environments of a repository.
   */
  history(
    repository: Repository,
    revision: string,
    from: string | null,
    signal?: AbortSignal,
  ): Promise<History>;
}

export type SourceOptions = {
  cacheDir: string;
  git?: string;
  timeoutMs?: number;
  maxRepositories?: number;
  maxCheckouts?: number;
  log?: (message: string, fields?: object) => void;
  /** For PATH and proxies; default: the process's own. */
  environment?: Record<string, string | undefined>;
  /** Lets `file://` addresses through, for tests. */
  allowFile?: boolean;
};

/** Opens the source on a cache directory that one process has to itself. */
export function openSource(options: SourceOptions): Source {
  const { cacheDir, maxRepositories = 100, maxCheckouts = 64, log = () => {} } = options;
  const mirrors = join(cacheDir, "repositories");
  const scratch = join(cacheDir, "scratch");
  for (const folder of [mirrors, scratch]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  // biome-ignore lint/style/noProcessEnv: a default for callers without a configuration of their own.
  const environment = options.environment ?? process.env;
  const git = openGit({
    git: options.git ?? "git",
    cacheDir,
    timeoutMs: options.timeoutMs ?? 60_000,
    environment,
  });
  const checkouts = openCheckouts({ git, folder: join(cacheDir, "checkouts"), max: maxCheckouts });
  const share = coalesced();
  const inTurn = oneAtATime();
  let swept: Promise<void> | undefined;
  /** By repository, ref and credentials: the look that began last, and its answer. */
  const looks = new Map<string, { at: number; revision?: string }>();
  /** What was read last: the next environment of the repository is about to ask the same. */
  const histories = new Map<string, History>();

  async function withAccess<T>(
    repository: Repository,
    work: (url: RepositoryUrl, access: Access) => Promise<T>,
  ): Promise<T> {
    const url = repositoryUrl(repository.url, { allowFile: options.allowFile ?? false });
    checkRef(repository.ref);
    swept ??= Promise.all([checkouts.sweep(), emptyFolder(scratch)]).then(() => {});
    await swept;
    const access = await openAccess(url, repository.credentials, scratch);
    try {
      return await work(url, access);
    } finally {
      await access.dispose();
    }
  }

  function lookUp(repository: Repository, signal: AbortSignal): Promise<string> {
    return withAccess(repository, async (url, access) => {
      const ran = await git.run(["ls-remote", "--quiet", "--", url.url, ...refPatterns(repository.ref)], {
        network: { scheme: url.scheme, access },
        signal,
      });
      if (!succeeded(ran)) throw gitFailure(ran, askedOf(repository, url, access), git.timeoutMs);
      const revision = pickRevision(repository.ref, ran.stdout.toString("utf8"));
      if (revision === undefined) throw refNotFound(url.shown, repository.ref);
      return revision;
    });
  }

  /** Works on the repository's mirror, alone; on a fresh one once, where it turns out to be broken. */
  function withMirror<T>(
    repository: Repository,
    revision: string,
    signal: AbortSignal,
    work: (mirror: Mirror, want: Wanted) => Promise<T>,
  ): Promise<T> {
    return withAccess(repository, async (url, access) => {
      const key = keyOf(url);
      const mirror: Mirror = { gitDir: join(mirrors, key), repository: url };
      const asked = { ...askedOf(repository, url, access), revision };
      const want = { revision, ref: repository.ref, access, asked, signal };
      return inTurn(key, async () => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await work(mirror, want);
          } catch (error) {
            if (!(error instanceof BrokenCache) || attempt > 1) throw cacheTrouble(error, url);
            log("the cached copy of a repository is broken; it is fetched again", { repository: url.shown });
            await rm(mirror.gitDir, { recursive: true, force: true });
          }
        }
      });
    });
  }

  function obtain(repository: Repository, revision: string, signal: AbortSignal) {
    const name = `${keyOf(repositoryUrl(repository.url, { allowFile: options.allowFile ?? false }))}-${revision}`;
    return withMirror(repository, revision, signal, async (mirror, want) => {
      const found = await checkouts.find(name, mirror, signal);
      if (found) return { name, commit: found, made: false, release: checkouts.hold(name) };
      await ensureRevision(git, mirror, want);
      const commit = await checkouts.make(name, mirror, revision, signal);
      return { name, commit, made: true, release: checkouts.hold(name) };
    });
  }

  return {
    async head(repository, signal, since) {
      if (isRevision(repository.ref)) return repository.ref;
      const key = keyOfRequest(repository);
      const known = looks.get(key);
      const isNew = known && since !== undefined && known.at >= since;
      if (isNew && known.revision) return known.revision;
      const isUnderWay = known && !known.revision && since === undefined;
      const look = isNew || isUnderWay ? known : { at: performance.now() };
      looks.set(key, look);
      return share(`head ${look.at} ${key}`, signal, (shared) => lookUp(repository, shared)).then(
        (revision) => {
          look.revision = revision;
          return revision;
        },
        (error) => {
          if (looks.get(key) === look) looks.delete(key);
          throw error;
        },
      );
    },
    async checkout(repository, wanted, signal) {
      const revision = wanted ?? (await this.head(repository, signal));
      if (!isRevision(revision))
        throw new StageError(
          "fetch",
          "RevisionInvalid",
          `${JSON.stringify(revision.slice(0, 80))} is not a full commit SHA.`,
        );
      const key = `checkout ${revision} ${keyOfRequest(repository)}`;
      const { name, commit, made, release } = await share(key, signal, (shared) =>
        obtain(repository, revision, shared),
      );
      // The first hold covers the moment until every sharer has its own.
      const mine = checkouts.hold(name);
      queueMicrotask(() => setImmediate(release));
      if (made) {
        await checkouts.evict();
        await evictMirrors(mirrors, maxRepositories, inTurn);
      }
      return { directory: checkouts.directory(name), commit, release: mine };
    },
    async history(repository, revision, from, signal) {
      const key = `history ${from} ${revision} ${keyOfRequest(repository)}`;
      const known = histories.get(key);
      if (known) return known;
      const history = await share(key, signal, (shared) =>
        withMirror(repository, revision, shared, (mirror, want) =>
          readHistory(git, mirror, { ...want, from }),
        ),
      );
      histories.set(key, history);
      for (const oldest of histories.keys()) {
        if (histories.size <= MOST_HISTORIES) break;
        histories.delete(oldest);
      }
      return history;
    },
  };
}

function cacheTrouble(error: unknown, url: RepositoryUrl): unknown {
  const code = (error as NodeJS.ErrnoException)?.code;
  const onDisk = typeof code === "string" && /^E[A-Z]+$/.test(code);
  if (!(error instanceof BrokenCache) && !onDisk) return error;
  return new StageError(
    "fetch",
    "CheckoutFailed",
    `The files of ${url.shown} could not be written to the agent's cache (${onDisk ? code : (error as Error).message}); check the volume's room, and the repository with git fsck.`,
    { next: "retry", cause: error },
  );
}

async function evictMirrors(
  folder: string,
  max: number,
  inTurn: ReturnType<typeof oneAtATime>,
): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of await oldestFirst(folder, names, "plumbline", max))
    await inTurn(name, () => rm(join(folder, name), { recursive: true, force: true }));
}

async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

function askedOf(repository: Repository, url: RepositoryUrl, access: Access): Asked {
  return {
    shown: url.shown,
    ref: repository.ref,
    credentials: repository.credentials,
    secrets: access.secrets,
  };
}

function keyOf(url: RepositoryUrl): string {
  return createHash("sha256").update(url.url).digest("hex").slice(0, 24);
}

function keyOfRequest(repository: Repository): string {
  return JSON.stringify([repository.url, repository.ref, repository.credentials ?? null]);
}
