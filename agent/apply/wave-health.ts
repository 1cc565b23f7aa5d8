import { setTimeout as pause } from "node:timers/promises";
import { objectKey } from "../../lib/protocol/object.ts";
import { ApiError, nameOf } from "../cluster/index.ts";
import { StageError } from "../errors.ts";
import { healthOf } from "../health/index.ts";
import { type DesiredObject, type KubeObject, refOf } from "../object.ts";
import { parallel } from "./parallel.ts";
import { deadlineMsOf, type Run, SUPERSEDED, SUSPENDED, WIDTH } from "./run.ts";

const POLL_MS = 200;
/** How many objects a sentence names. */
const MOST_NAMED = 3;

type Held = { desired: DesiredObject; message: string };

/**
 * Waits until every object of a wave is healthy, as far as anything tells. Answers why the next one is not begun:
 * with what held this one up at the progress deadline, or because of a suspension or something newer.
 */
export async function waitForWave(
  run: Run,
  { wave, objects }: { wave: number; objects: DesiredObject[] },
): Promise<StageError | undefined> {
  const { signal } = run.input;
  const deadline = Date.now() + deadlineMsOf(run.input);
  for (let waiting = objects; ; ) {
    signal?.throwIfAborted();
    const held = (await parallel(waiting, WIDTH, (desired) => heldBy(run, desired))).filter(
      (one) => one !== undefined,
    );
    const [first] = held;
    if (!first) return undefined;
    if (Date.now() > deadline) {
      const named = held.slice(0, MOST_NAMED).map(({ desired, message }) => {
        return `${nameOf(refOf(desired.object))}: ${message.replace(/[.!?]?$/, ".")}`;
      });
      const more = held.length > named.length ? ` And ${held.length - named.length} more.` : "";
      const at = { ...first.desired.source, ref: refOf(first.desired.object) };
      const message = `Wave ${wave} is not healthy at the progress deadline, so the waves after it were not applied. ${named.join(" ")}${more}`;
      return new StageError("wait", "WaveNotHealthy", message, { next: "retry", at });
    }
    if (run.input.paused?.()) return SUSPENDED;
    if (await run.input.outdated?.()) return SUPERSEDED;
    // What was healthy once is done: a wave is waited for, not watched.
    waiting = held.map(({ desired }) => desired);
    await pause(POLL_MS, undefined, { signal });
  }
}

async function heldBy(run: Run, desired: DesiredObject): Promise<Held | undefined> {
  const ref = refOf(desired.object);
  const object = await seen(run, desired.object);
  if (object === "unreadable") return undefined;
  if (typeof object === "string") return { desired, message: object };
  const { status, message } = await (run.input.health ?? healthOf)(object);
  // A claim may be bound only once a pod of a later wave uses it; those of its own wave tell when it is not.
  if (status === "Progressing" && ref.group === "" && ref.kind === "PersistentVolumeClaim") return undefined;
  const isInTheWay = status === "Progressing" || status === "Degraded" || status === "Missing";
  return isInTheWay
    ? { desired, message: message || `The health of ${nameOf(ref)} is ${status}.` }
    : undefined;
}

/** The object as it is since it was applied: from the watches where they are that far, else from the API server. */
async function seen(run: Run, desired: KubeObject): Promise<KubeObject | string> {
  const ref = refOf(desired);
  const written = run.written.get(objectKey(ref));
  const watched = run.input.observed?.(ref);
  const isCurrent =
    (!written?.uid || watched?.metadata.uid === written.uid) &&
    Number(watched?.metadata.generation ?? 0) >= (written?.generation ?? 0);
  if (watched && isCurrent) return watched;
  try {
    return (await run.cluster.get(ref)) ?? "It is not in the cluster.";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.retryable ? error.message : "unreadable";
  }
}
