import type { ObjectRef } from "../lib/protocol/object.ts";
import type { EnvironmentRevision, Sync } from "../lib/protocol/report.ts";
import type { ApplySetInput, ApplySetResult } from "./apply/index.ts";
import type { Cluster } from "./cluster/index.ts";
import type { Declaration } from "./declaration.ts";
import type { Schemas } from "./diff/index.ts";
import type { Warnings } from "./events.ts";
import type { Log } from "./log.ts";
import type { Mask } from "./mask/index.ts";
import type { Memories } from "./memory.ts";
import type { PeoplesSuspensions } from "./pause/suspensions.ts";
import type { Renderer } from "./render/index.ts";
import type { Snapshot } from "./report/delta.ts";
import type { Source } from "./source/index.ts";
import type { Watches } from "./watches.ts";

/** Everything an environment's loop works with; made once, in `main`, and handed down. */
export type Parts = {
  source: Source;
  renderer: Renderer;
  cluster: Pick<Cluster, "resourceFor" | "openApi" | "defaultNamespace">;
  watches: Watches;
  /** What Kubernetes warns of in a namespace; asked only about what is not healthy. */
  warnings: Warnings;
  schemas: Schemas;
  applySet: (input: Omit<ApplySetInput, "observed" | "health" | "aside">) => Promise<ApplySetResult>;
  /** Aborted when the agent stops and an apply has used up its grace. */
  stopping: AbortSignal;
  /** Objects that the cluster itself says are an environment's; for when the disk was lost. */
  findInventory: (environment: string) => Promise<{ refs: ObjectRef[]; unread: string[] }>;
  /** What people have suspended in the dashboard. */
  suspensions: Pick<PeoplesSuspensions, "of" | "onChange">;
  /** A mask by the environment's rules; its key never leaves the cluster. */
  maskFor: (declaration: Declaration) => Mask;
  /** The key of the digests that tell whether two renderings are the same. */
  digestKey: Uint8Array;
  publish: (snapshot: Snapshot, state: string, syncs: Sync[], revisions: EnvironmentRevision[]) => void;
  replaced: (digest: string, body: () => string) => void;
  log: Log;
  now: () => Date;
  memories: Memories;
};
