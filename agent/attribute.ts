import { z } from "zod";
import { Commit, type EnvironmentRevision } from "../lib/protocol/report.ts";
import { StageError } from "./errors.ts";
import { closureOfFailure } from "./render/index.ts";
import { collapsed, touching } from "./render/inputs.ts";
import type { History } from "./source/index.ts";
import { sha256 } from "./verdict/digests.ts";

/** What is remembered of an environment's way through the history of its ref. */
export const Followed = z.object({
  /** The declaration's part that decides what is rendered; another one begins anew. */
  of: z.string(),
  /** Newest revision of the ref that was looked at. */
  looked: z.string(),
  /** The environment's revision: the newest up to there that changed what is rendered. */
  commit: Commit,
  /** What it rendered to: a digest, or how it failed. */
  outcome: z.object({ digest: z.string() }).or(z.object({ failure: z.string() })),
  inputs: z.array(z.string()),
});
export type Followed = z.infer<typeof Followed>;

/** One revision as it was rendered. */
export type Rendering = { commit: Commit; renderedDigest: string; closure: string[] };

/** How rendering a revision ended; `error` is one that no second try mends. */
export type Attempt<R extends Rendering> =
  | { rendering: R; error?: undefined; outcome: { digest: string }; inputs: string[] }
  | { rendering?: undefined; error: StageError; outcome: { failure: string }; inputs: string[] };

/** Renders, and tells what cannot be rendered from what could not be tried: that is thrown. */
export async function tryRendering<R extends Rendering>(
  revision: string,
  render: (revision: string) => Promise<R>,
): Promise<Attempt<R>> {
  try {
    const rendering = await render(revision);
    return { rendering, outcome: { digest: rendering.renderedDigest }, inputs: collapsed(rendering.closure) };
  } catch (error) {
    if (!(error instanceof StageError) || error.stage !== "render" || error.next !== "stalled") throw error;
    return { error, outcome: { failure: failureOf(error, revision) }, inputs: closureOfFailure(error) };
  }
}

/** The same trouble at another revision is the same. A digest, as what is said may quote what Git holds. */
function failureOf({ reason, message, at }: StageError, revision: string): string {
  const said = message.replaceAll(revision.slice(0, 12), "");
  return sha256(JSON.stringify([reason, at.file ?? "", at.line ?? 0, said]));
}

/**
 * Where an environment stands at a revision of which nothing before is known: at the newest commit of the
 * history that touched what it reads, or, where none of those at hand did, at the revision itself.
 */
export function begin<R extends Rendering>(
  of: string,
  attempt: Attempt<R>,
  history: History,
): { followed: Followed; found: EnvironmentRevision[] } {
  const { outcome, inputs } = attempt;
  const commit = newestThatTouches(history, inputs) ?? history.head;
  const followed = { of, looked: history.head.revision, commit, outcome, inputs };
  return { followed, found: [told(followed)] };
}

/**
 * Walks from the revision looked at last to the newest one, and attributes to the environment each commit that
 * changed what is rendered. Only commits that touch what the rendering before them had read are rendered. Where
 * the history has a gap, only the newest is: it stands for all in between. `noted` hears of each step's result
 * before the next is tried, so that a killed agent goes on where it was.
 */
export async function walk<R extends Rendering>(
  before: Followed,
  history: History,
  render: (revision: string) => Promise<R>,
  noted: (followed: Followed, found: EnvironmentRevision[]) => void,
): Promise<Attempt<R> | null> {
  let followed = before;
  let last: Attempt<R> | null = null;
  const { head, steps, whole } = history;
  if (!whole) {
    last = await tryRendering(head.revision, render);
    const inputs = last.error ? collapsed([...before.inputs, ...last.inputs]) : last.inputs;
    const commit = newestThatTouches(history, inputs) ?? head;
    followed = take(followed, commit, last, noted);
  } else
    for (const { commit, paths } of steps) {
      if (!paths.some(touching(followed.inputs))) continue;
      last = await tryRendering(commit.revision, render);
      followed = take(followed, commit, last, noted);
    }
  if (followed.looked !== head.revision) noted({ ...followed, looked: head.revision }, []);
  return last;
}

/** Whether a move of the ref may change what an environment renders to. */
export function concerns(followed: Followed, { whole, steps }: History): boolean {
  return !whole || steps.some(({ paths }) => paths.some(touching(followed.inputs)));
}

function take<R extends Rendering>(
  before: Followed,
  commit: Commit,
  attempt: Attempt<R>,
  noted: (followed: Followed, found: EnvironmentRevision[]) => void,
): Followed {
  // What failed may have stopped before it read what else decides: that it read before still counts.
  const inputs = attempt.error ? collapsed([...before.inputs, ...attempt.inputs]) : attempt.inputs;
  const same = JSON.stringify(before.outcome) === JSON.stringify(attempt.outcome);
  const looked = commit.revision;
  const followed = same
    ? { ...before, looked, inputs }
    : { ...before, looked, commit, outcome: attempt.outcome, inputs };
  noted(followed, same ? [] : [told(followed)]);
  return followed;
}

function told({ commit, outcome, inputs }: Followed): EnvironmentRevision {
  return { commit, renderedDigest: "digest" in outcome ? outcome.digest : null, inputs };
}

function newestThatTouches({ steps }: History, inputs: string[]): Commit | undefined {
  const touches = touching(inputs);
  return steps.findLast(({ paths }) => paths.some(touches))?.commit;
}
