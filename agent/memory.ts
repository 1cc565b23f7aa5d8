import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { Instant, ObjectRef } from "../lib/protocol/object.ts";
import { EnvironmentRevision, Problem, Sync, SyncTrigger } from "../lib/protocol/report.ts";
import { Followed } from "./attribute.ts";
import { type Journal, openJournal } from "./journal.ts";

/** An apply that has begun: what a killed agent goes on with, as the same attempt. */
const Attempt = z.object({
  revision: z.string(),
  renderedDigest: z.string(),
  trigger: SyncTrigger,
  startedAt: Instant,
  /** Keys of the objects that are put back; null for a whole revision. */
  keys: z.array(z.string()).nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

/** A sync that has been applied, and whose objects are waited for until they are healthy. */
const OpenSync = Sync.omit({ outcome: true, finishedAt: true, message: true }).extend({
  appliedAt: Instant,
  deadline: Instant,
  /** Of a whole revision, and not of single objects that were put back. */
  whole: z.boolean(),
});
export type OpenSync = z.infer<typeof OpenSync>;

/** What a restarted agent must still know of an environment in order to tell the same story. */
const Remembered = z.object({
  /** By object key: the digest of what Git asked for when the object was last Synced. */
  lastSynced: z.record(z.string(), z.string()).default({}),
  /** Objects this environment owns in the cluster. */
  inventory: z.array(ObjectRef).default([]),
  /** Resources that could not be searched for more of them, when the inventory had to be found in the cluster. */
  unread: z.array(z.string()).default([]),
  comparedRevision: z.string().nullable().default(null),
  renderedDigest: z.string().nullable().default(null),
  /** How far the ref's history was followed, and the environment's revision there. */
  followed: Followed.nullable().default(null),
  /** Revisions that were found and are in no report yet. */
  untold: z.array(EnvironmentRevision).default([]),
  /** The revision that the newest sync record is about, and whether it ended well. */
  recordedRevision: z.string().nullable().default(null),
  recordedDigest: z.string().nullable().default(null),
  recordedMode: z.enum(["observe", "sync"]).nullable().default(null),
  /** What was declared of how to apply, at that record. */
  recordedAs: z.string().nullable().default(null),
  recordedWell: z.boolean().default(false),
  /** Names the next sync record, so that one told again after a crash is the same one. */
  nextSync: z.uuid().default(() => randomUUID()),
  attempt: Attempt.nullable().default(null),
  open: z.array(OpenSync).default([]),
  /** By revision: when the ref was first seen to have come to it or past it. */
  noticed: z.record(z.string(), Instant).default({}),
  movingSince: z.string().nullable().default(null),
  /** For the metrics: since when it has not been what Git says, and when its last sync ended. */
  divergedSince: z.string().nullable().default(null),
  lastSyncAt: z.string().nullable().default(null),
  problems: z.partialRecord(z.enum(["read", "apply"]), Problem).default({}),
});
export type Remembered = z.infer<typeof Remembered>;

/** One environment's memory: changed in place, on disk a moment after `touch`, at once after `flush`. */
export type Memory = {
  readonly is: Remembered;
  touch(): void;
  flush(): void;
  /** The name of the next sync is taken: the one after it gets another. */
  nameTaken(): void;
  forget(): void;
};

/** What is remembered of all environments. */
export type Memories = ReturnType<typeof openMemories>;

/** Opens what is remembered under `directory`, of all environments together. */
export function openMemories(directory: string, delayMs = 200) {
  const journal = openJournal(join(directory, "memories.log"));
  return {
    /** Opens an environment's memory; what cannot be read counts as never known. */
    open: (environment: string): Memory => openMemory(journal, environment, delayMs),
  };
}

function openMemory(journal: Journal, environment: string, delayMs: number): Memory {
  const is = read(journal, environment);
  let timer: NodeJS.Timeout | null = null;
  const flush = () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = null;
    try {
      journal.put(environment, JSON.stringify(is));
    } catch {
      // A full disk: the story is told from what is in memory, and written at the next change.
    }
  };
  const touch = () => {
    timer ??= setTimeout(flush, delayMs);
  };
  // The name of the next sync is on disk before that sync is in the queue.
  touch();
  flush();
  return {
    is,
    touch,
    flush,
    nameTaken() {
      is.nextSync = randomUUID();
      touch();
    },
    forget() {
      if (timer) clearTimeout(timer);
      timer = null;
      journal.drop(environment);
    },
  };
}

function read(journal: Journal, environment: string): Remembered {
  try {
    return Remembered.parse(JSON.parse(journal.read(environment)));
  } catch {
    return Remembered.parse({});
  }
}
