import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Commit } from "../../lib/protocol/report.ts";
import type { Git } from "./git.ts";
import { BrokenCache, deepen, holds, type Mirror, readCommit, succeeded, type Wanted } from "./mirror.ts";

/** How much history is fetched at first, and where that does not suffice. */
const DEPTHS = [50, 500];
/** The names that 500 commits of a large repository change. */
const MAX_LOG_BYTES = 64 * 1024 * 1024;

/** One commit of the first-parent chain, and every path in which it differs from its first parent. */
export type Step = { commit: Commit; paths: string[] };

/**
 * How a ref came to where it is: the newest commits of its first-parent chain, oldest first. `whole`: they lead
 * from the revision that was asked about to the newest one without a gap; otherwise `gap` says why not.
 */
export type History = { head: Commit; steps: Step[]; whole: boolean; gap?: string };

/** Reads the chain from `from` (exclusive; null for as much as is cheap) to a revision, deepening the mirror as it takes. */
export async function readHistory(
  git: Git,
  mirror: Mirror,
  want: Wanted & { from: string | null },
): Promise<History> {
  if (!(await holds(git, mirror, want.revision, want.signal))) await deepen(git, mirror, want, DEPTHS[0]!);
  let found = await readLog(git, mirror, want);
  for (const depth of want.from === null ? DEPTHS.slice(0, 1) : DEPTHS) {
    if (found.history.whole || !found.isCut) break;
    if (found.history.steps.length >= depth - 1) continue;
    if (!(await deepen(git, mirror, want, depth))) break;
    found = await readLog(git, mirror, want);
  }
  if (found.history.whole || want.from === null) return found.history;
  // Which of the newest commits made the difference can still be told, by what each changed.
  const { history } = await readLog(git, mirror, { ...want, from: null });
  const { steps } = [found.history, history].sort((a, b) => b.steps.length - a.steps.length)[0]!;
  return { ...found.history, steps };
}

async function readLog(
  git: Git,
  mirror: Mirror,
  want: { revision: string; from: string | null; signal?: AbortSignal | undefined },
): Promise<{ history: History; isCut: boolean }> {
  const { from, revision, signal } = want;
  const most = DEPTHS.at(-1)!;
  const isKnown = from !== null && (await holds(git, mirror, from, signal));
  const ran = await git.run(
    [
      "log",
      "--first-parent",
      "--diff-merges=first-parent",
      "--no-show-signature",
      "--encoding=UTF-8",
      "--raw",
      "--no-abbrev",
      "--no-renames",
      "-z",
      "--format=%H%n%P%n%an%n%ae%n%ct%n%s",
      `--max-count=${from === null ? DEPTHS[0] : most}`,
      revision,
      ...(isKnown ? [`^${from}`] : []),
      "--",
    ],
    { gitDir: mirror.gitDir, signal, maxOutputBytes: MAX_LOG_BYTES },
  );
  const isTooLarge = ran.ended === "too-large" || ran.ended === "timeout";
  if (!succeeded(ran) && !isTooLarge) throw new BrokenCache(`the history of ${revision} cannot be read`);
  const entries = isTooLarge ? [] : parseLog(ran.stdout.toString("utf8"));
  const boundary = new Set(
    (await readFile(join(mirror.gitDir, "shallow"), "utf8").catch(() => "")).split("\n").filter(Boolean),
  );
  const head = entries[0]?.commit ?? (await readCommit(git, mirror, revision, signal));
  const end = entries.findIndex(({ commit }) => commit.revision === from);
  const after = end < 0 ? entries : entries.slice(0, end);
  const last = after.at(-1);
  // What a commit at the edge of a shallow copy changed cannot be told.
  const isCut = last !== undefined && boundary.has(last.commit.revision);
  const steps = (isCut ? after.slice(0, -1) : after)
    .map(({ commit, paths }) => ({ commit, paths }))
    .reverse();
  const whole =
    from === null
      ? !isCut && !isTooLarge && entries.length < DEPTHS[0]!
      : from === revision || end >= 0 || last?.parent === from;
  if (whole) return { history: { head, steps, whole }, isCut };
  const gap = isTooLarge
    ? "its commits change too many files"
    : isCut || after.length >= most
      ? `it has moved by more than ${isCut ? "the history that the server gives" : `${most} commits`}`
      : "it was moved to another history";
  return { history: { head, steps, whole, gap }, isCut };
}

/** Reads `git log --raw -z`: a header of six lines for each commit, then for each change a line and its path. */
function parseLog(text: string): (Step & { parent: string | undefined })[] {
  const entries: (Step & { parent: string | undefined })[] = [];
  const tokens = text.split("\0");
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!.replace(/^\n+/, "");
    if (token === "") continue;
    if (token.startsWith(":")) {
      const path = tokens[++at];
      if (path !== undefined) entries.at(-1)?.paths.push(path);
      continue;
    }
    const [revision = "", parents = "", author = "", email = "", seconds = "", subject = ""] =
      token.split("\n");
    const time = Number(seconds) * 1000;
    if (seconds === "" || Number.isNaN(new Date(time).getTime()))
      throw new BrokenCache(`the history at ${revision} cannot be read`);
    entries.push({
      commit: {
        revision,
        author: author.slice(0, 300),
        ...(email === "" ? {} : { authorEmail: email.slice(0, 320) }),
        committedAt: new Date(time).toISOString(),
        subject: subject.slice(0, 1000),
      },
      paths: [],
      parent: parents.split(" ")[0] || undefined,
    });
  }
  return entries;
}
