import { createHmac } from "node:crypto";
import { objectKey } from "../lib/protocol/object.ts";
import type { EnvironmentRevision } from "../lib/protocol/report.ts";
import { begin, type Followed, tryRendering, walk } from "./attribute.ts";
import {
  desiredOf,
  learnNewKinds,
  prepareComparison,
  type RenderedRevision,
  renderRevision,
} from "./desired-state.ts";
import type { Environment } from "./environment.ts";
import { StageError } from "./errors.ts";
import type { History } from "./source/index.ts";
import { attributed, noticed } from "./sync-record.ts";

/**
 * Fetch and render, where the ref has moved over something that the environment reads, or where the declaration
 * has changed; throws StageError.
 */
export async function read(environment: Environment, since: number | undefined): Promise<void> {
  const { parts, declaration, desired, memory } = environment;
  try {
    const revision = await parts.source.head(declaration.repository, undefined, since);
    const stale = memory.is.followed?.looked !== revision || !isCurrent(environment);
    // What this revision lacks, no second try will find; the problem stands as it is.
    if (stale && environment.stuckAt === revision) return;
    if (stale || !desired) await follow(environment, revision);
    else if (await learnNewKinds(parts, desired)) environment.recompare();
    environment.solved("read");
    environment.stuckAt = null;
  } catch (error) {
    if (error instanceof StageError && error.stage === "render" && error.next === "stalled")
      environment.stuckAt = environment.head?.revision ?? null;
    environment.keepOnlyOwn();
    await fallBack(environment);
    throw error;
  }
}

/** Whether what is compared is what was rendered last, for the declaration of now. */
function isCurrent({ desired, redeclared, revision }: Environment): boolean {
  if (!desired || redeclared || desired.unknownKinds > 0) return false;
  return desired.commit.revision === revision?.revision;
}

/** Follows the ref to a revision; what is rendered there is compared with the cluster from now on. */
async function follow(environment: Environment, revision: string): Promise<void> {
  const { parts, declaration, memory } = environment;
  const of = decisive(environment);
  const before = memory.is.followed?.of === of ? memory.is.followed : null;
  noticed(environment, revision);
  const render = (at: string) => renderRevision(parts, declaration, environment.mask, at);
  const note = (followed: Followed, found: EnvironmentRevision[]) => {
    memory.is.followed = followed;
    memory.is.untold.push(...found);
    attributed(environment, followed, found, revision);
    memory.touch();
    if (found.length > 0) memory.flush();
  };

  if (before && before.looked !== revision) {
    const history = await parts.source.history(declaration.repository, revision, before.looked);
    environment.head = history.head;
    if (history.gap) sayGap(environment, before, history);
    const last = await walk(before, history, render, note);
    if (last?.error) throw last.error;
    // Nothing that was read has changed: what was desired is what is desired.
    if (!last && isCurrent(environment)) return;
    return adopt(environment, last?.rendering ?? (await render(revision)));
  }

  const history = before ? null : await parts.source.history(declaration.repository, revision, null);
  if (history) environment.head = history.head;
  const attempt = await tryRendering(revision, render);
  if (history) {
    const { followed, found } = begin(of, attempt, history);
    note(followed, found);
  } else if (before) {
    environment.head = attempt.rendering?.commit ?? environment.head ?? before.commit;
    // Another engine, or another key of the digests: no commit is why it is another one.
    note({ ...before, outcome: attempt.outcome, inputs: attempt.error ? before.inputs : attempt.inputs }, []);
  }
  if (attempt.error) throw attempt.error;
  await adopt(environment, attempt.rendering);
}

/** Stands for all of a declaration that decides what a revision renders to; declared values may be secrets. */
function decisive({ parts, declaration }: Environment): string {
  const { repository, path, renderer, namespace, helm, name } = declaration;
  const { url, ref } = repository;
  const engine = renderer === "yaml" ? null : [name, helm];
  const all = JSON.stringify([url, ref, path, renderer, namespace ?? null, engine]);
  return createHmac("sha256", parts.digestKey).update(all).digest("hex");
}

function sayGap({ parts, name }: Environment, before: Followed, history: History): void {
  parts.log.warn(
    { environment: name, from: before.looked, to: history.head.revision },
    `not every commit is looked at by itself, because of how the ref has moved: ${history.gap}; the newest stands for all`,
  );
}

async function adopt(environment: Environment, rendered: RenderedRevision): Promise<void> {
  const { parts, declaration, memory } = environment;
  const commit = memory.is.followed?.commit ?? rendered.commit;
  const desired = await desiredOf(parts, declaration, { ...rendered, commit });
  const lost = memory.is.recordedRevision === null && memory.is.inventory.length === 0;
  if (declaration.mode === "sync" && (lost || memory.is.unread.length > 0)) await findInventory(environment);
  await prepareComparison(parts, environment.name, desired, memory.is.inventory);
  environment.adopt(desired);
}

/** Finds in the cluster what was applied once; what cannot be read now is looked for with the next revision. */
async function findInventory({ parts, memory, name }: Environment): Promise<void> {
  const { refs, unread } = await parts.findInventory(name);
  const known = new Map([...memory.is.inventory, ...refs].map((ref) => [objectKey(ref), ref]));
  memory.is.inventory = [...known.values()];
  memory.is.unread = unread;
  memory.touch();
  if (unread.length > 0)
    parts.log.warn(
      { environment: name, unread },
      "not all kinds could be searched for what was applied once",
    );
}

/** After a restart, with a ref that cannot be read: the revision compared last is still in the cache. */
async function fallBack(environment: Environment): Promise<void> {
  const { parts, declaration, mask, memory, desired } = environment;
  const revision = memory.is.comparedRevision;
  if (desired || !revision) return;
  try {
    const rendered = await renderRevision(parts, declaration, mask, revision);
    environment.head ??= rendered.commit;
    const last = await desiredOf(parts, declaration, rendered);
    await prepareComparison(parts, environment.name, last, memory.is.inventory);
    environment.adopt(last);
  } catch (error) {
    parts.log.debug({ environment: environment.name, error }, "the last good revision cannot be read either");
  }
}
