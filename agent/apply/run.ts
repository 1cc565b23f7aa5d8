import { type ObjectRef, objectKey } from "../../lib/protocol/object.ts";
import type { ObjectOutcome } from "../../lib/protocol/report.ts";
import { PROGRESS_DEADLINE_MS } from "../../lib/protocol/state.ts";
import type { Account, Cluster, Writes } from "../cluster/index.ts";
import { StageError } from "../errors.ts";
import type { Health } from "../health/index.ts";
import { type DesiredObject, type KubeObject, refOf, SERVER_METADATA } from "../object.ts";
import { withInventory } from "./inventory.ts";

/** What the watches hold, for comparing without a request. */
export type Observed = (ref: ObjectRef) => KubeObject | undefined;

/** What to converge, how, and what the environment applied before. */
export type ApplySetInput = {
  environment: string;
  /** As rendered; the inventory's labels are added here. Namespaces are set already. */
  objects: DesiredObject[];
  previousInventory: ObjectRef[];
  prune: boolean;
  /** Kinds that are pruned although others' data goes with them; `Kind` or `Kind.group`. */
  pruneKinds?: readonly string[];
  /** Kinds that are removed and made again where an immutable field has to change. */
  recreateKinds?: readonly string[];
  /** About fields that another manager set otherwise: `take` them and say from whom (default), or `refuse` the sync. */
  onConflict?: "take" | "refuse";
  /** The service account that everything is written as; default: the agent's own. */
  account?: Account;
  /** Whether a wave waits until the one before it is healthy (default). */
  waitBetweenWaves?: boolean;
  /** How long one wave may take to become healthy, and a removed object to be gone. */
  progressDeadlineMs?: number;
  /** What the watches hold: saves requests. */
  observed?: Observed;
  /** The health of an object as it is now, with all that explains it. */
  health?: (object: KubeObject) => Health | Promise<Health>;
  /** Whether something newer is to be applied; asked while a wave is waited for, which that ends. */
  outdated?: () => Promise<boolean>;
  /** Runs a wait that may take minutes where it keeps nobody else from working. */
  aside?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Hears of all objects once none was refused and before the first is applied: from here on a kill leaves traces. */
  begun?: (refs: ObjectRef[]) => void;
  /** Whether applies are paused meanwhile: what runs is let finish, and nothing more is written. */
  paused?: () => boolean;
  /** Ends it where it is; what was done until then is answered. */
  signal?: AbortSignal;
};

/** What applying an object would do, and to which one. */
export type Effect =
  | { action: "created" }
  | { action: "configured"; message?: string }
  | { action: "unchanged"; uid: string }
  | { action: "recreated"; uid: string; message: string };

/** What was done. `applied` is false where nothing was; `problem` is what the environment's page says. */
export type ApplySetResult = {
  outcomes: ObjectOutcome[];
  applied: boolean;
  problem?: StageError;
  /** The environment's objects from now on, those included that could not be pruned. */
  inventory: ObjectRef[];
};

/** One apply under way: what it is to do, and what it has done. */
export type Run = {
  cluster: Cluster;
  /** As whom the environment is applied. Reads stay the agent's own. */
  writes: Writes;
  input: ApplySetInput;
  objects: DesiredObject[];
  /** What the dry run said that applying would do, by object key. */
  effects: Map<string, Effect>;
  outcomes: Map<string, ObjectOutcome>;
  /** What was written, or may have been although nobody heard of it, by object key. */
  written: Map<string, { ref: ObjectRef; generation?: number; uid?: string }>;
  /** The objects there are of those that Git asks for. */
  uids: Set<string>;
  /** Which rights the impersonated account has, as far as that was asked. */
  rights: Map<string, Promise<boolean>>;
};

/** Objects that are worked on at once; the connection has a limit for all environments together. */
export const WIDTH = 16;

/** Begins a run: nothing is asked of the cluster yet. */
export function openRun(cluster: Cluster, input: ApplySetInput): Run {
  const objects = input.objects.map((desired) => ({
    ...desired,
    object: prepared(desired.object, input.environment),
  }));
  return {
    ...{ cluster, input, objects },
    writes: input.account ? cluster.as(input.account) : cluster,
    ...{ effects: new Map(), outcomes: new Map(), written: new Map() },
    ...{ uids: new Set(), rights: new Map() },
  };
}

export const deadlineMsOf = ({ progressDeadlineMs }: ApplySetInput): number =>
  progressDeadlineMs ?? PROGRESS_DEADLINE_MS;

/** Why nothing more was written of a run that was paused on its way; one and the same for all of its objects. */
export const SUSPENDED = new StageError(
  "apply",
  "Suspended",
  "It was suspended while it was applied: what ran was let finish, and what is left is applied once it is resumed.",
  { next: "retry" },
);

/** Why the waves that were left of a run were not begun: something newer is on its way. */
export const SUPERSEDED = new StageError(
  "wait",
  "Superseded",
  "Something newer came before a wave was healthy, so the waves after it were not applied.",
  { next: "retry" },
);

/** Waits for something where it keeps nobody else from working. */
export const aside = <T>({ input }: Run, work: () => Promise<T>): Promise<T> =>
  input.aside ? input.aside(work) : work();

/** Notes what became of an object. */
export function note(
  { outcomes }: Run,
  ref: ObjectRef,
  action: ObjectOutcome["action"],
  message?: string,
): void {
  const said = message === undefined ? {} : { message: message.slice(0, 2000) };
  outcomes.set(objectKey(ref), { ref, action, ...said });
}

/** Notes the same of every object of which nothing is known yet. */
export function noteTheRest(run: Run, action: "skipped", message: string): void {
  for (const { object } of run.objects) {
    const ref = refOf(object);
    if (!run.outcomes.has(objectKey(ref))) note(run, ref, action, message);
  }
}

/** What a manifest may ask for: server-side apply refuses some of what only the API server may say. */
function prepared(object: KubeObject, environment: string): KubeObject {
  const entries = Object.entries(object.metadata).filter(([field]) => !SERVER_METADATA.has(field));
  const metadata = Object.fromEntries(entries) as KubeObject["metadata"];
  return withInventory({ ...object, metadata }, environment);
}
