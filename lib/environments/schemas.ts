import { z } from "zod";
import { Mode, SyncWindow } from "../protocol/declaration.ts";
import { FieldChange, ObjectRef, ResourceStatus } from "../protocol/object.ts";
import { Commit, ObjectOutcome, Problem, SyncOutcome } from "../protocol/report.ts";
import { Cause, Counts, EnvironmentState } from "../protocol/state.ts";
import { RollbackKind } from "../pull-requests/schemas.ts";
import { Provenance, RecordedCommit } from "../revisions/schemas.ts";
import { AskedSuspension } from "../suspensions/schemas.ts";

/** One stretch of not being converged; `endedAt` null while it lasts. All times ISO 8601. */
export const Episode = z.object({
  id: z.uuid(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  causes: z.array(Cause),
  /** Most objects that differed at once. */
  objects: z.number().int(),
  /** Half a line for people: "Deployment/quotes replicas 6 → 2, by kubectl edit". */
  summary: z.string(),
  /** Commit that began or ended it, where Git moved. */
  revision: z.string().nullable(),
  /** First differing fields with who and when: the evidence kept with the episode. */
  evidence: z.array(z.object({ ref: ObjectRef, changes: z.array(FieldChange) })),
});
export type Episode = z.infer<typeof Episode>;

/** The parts of an episode that a plumb line draws. */
export const PlumbEpisode = Episode.pick({
  id: true,
  startedAt: true,
  endedAt: true,
  causes: true,
  objects: true,
  summary: true,
});
export type PlumbEpisode = z.infer<typeof PlumbEpisode>;

/** A tick on the plumb line. `edit` is a person or controller in the cluster. */
export const PlumbMark = z.object({
  at: z.string(),
  kind: z.enum(["commit", "sync", "edit", "rollback", "alert"]),
  label: z.string(),
  /** The entry of the history that it belongs to, where that is told. */
  entry: z.uuid().nullable().optional(),
});
export type PlumbMark = z.infer<typeof PlumbMark>;

/** How many days one environment's plumb line goes back. */
export const PlumbDays = z.enum(["1", "7", "30"]);
export type PlumbDays = z.infer<typeof PlumbDays>;

/** One environment's plumb line; `cut` where there was more than anybody could tell apart. */
export const PlumbLine = z.object({
  days: PlumbDays,
  cut: z.boolean(),
  episodes: z.array(PlumbEpisode),
  marks: z.array(PlumbMark),
});
export type PlumbLine = z.infer<typeof PlumbLine>;

/** What an environment is, in one row. */
export const EnvironmentRow = z.object({
  id: z.uuid(),
  name: z.string(),
  cluster: z.object({
    id: z.uuid(),
    name: z.string(),
    lastSeenAt: z.string().nullable(),
    agentVersion: z.string().nullable(),
  }),
  repository: z.object({ id: z.uuid(), name: z.string(), url: z.string() }),
  ref: z.string(),
  path: z.string(),
  mode: Mode,
  state: EnvironmentState,
  causes: z.array(Cause),
  reason: z.string(),
  /** Since when it has been in this state. */
  since: z.string(),
  counts: Counts,
  head: Commit.nullable(),
  comparedRevision: z.string().nullable(),
  /** "Deployment/quotes replicas 6 → 2, by kubectl edit"; empty where nothing differs. */
  summary: z.string(),
  lastSeenAt: z.string().nullable(),
  /** Commit to converged of the newest revision, in ms; null while open or unknown. */
  leadTimeMs: z.number().nullable(),
  episodes: z.array(PlumbEpisode),
  marks: z.array(PlumbMark),
});
export type EnvironmentRow = z.infer<typeof EnvironmentRow>;

/** Environments to choose from, and how many there are in all. */
export const EnvironmentList = z.object({
  environments: z.array(
    EnvironmentRow.pick({ id: true, name: true, state: true, causes: true }).extend({
      cluster: z.object({ id: z.uuid(), name: z.string() }),
    }),
  ),
  total: z.number().int(),
});
export type EnvironmentList = z.infer<typeof EnvironmentList>;

/** One object with the masked manifests of both sides, as far as they have arrived. */
export const ObjectDetail = ResourceStatus.extend({
  desired: z.json().optional(),
  observed: z.json().optional(),
});
export type ObjectDetail = z.infer<typeof ObjectDetail>;

/** The environment page: the row and its evidence. */
export const EnvironmentDetail = EnvironmentRow.extend({
  problem: Problem.nullable(),
  /** A report that was refused, in a sentence; null once a good one arrived. */
  reportProblem: z.object({ message: z.string(), at: z.string() }).nullable(),
  /** What the agent says keeps it from applying. */
  suspended: z
    .object({
      reason: z.string(),
      owner: z.string(),
      until: z.string().nullable(),
      by: z.enum(["declaration", "person", "window"]),
    })
    .nullable(),
  /** What a person asked for here, confirmed by the agent or not yet. */
  suspension: AskedSuspension.nullable(),
  /** Why what differs is not applied yet: an environment that it depends on. */
  waiting: z.string().nullable(),
  declared: z.object({
    renderer: z.string(),
    namespace: z.string().nullable(),
    prune: z.boolean(),
    labels: z.record(z.string(), z.string()),
    progressDeadlineMs: z.number().int(),
    remoteSuspend: z.boolean(),
    dependsOn: z.array(z.string()),
    /** `namespace/name`; null where the agent applies as itself. */
    serviceAccount: z.string().nullable(),
    windows: z.array(SyncWindow),
  }),
  /** When it was last seen converged, and at which revision. */
  convergedAt: z.string().nullable(),
  convergedRevision: z.string().nullable(),
  /**
   * Objects that differ or are not healthy, worst first, as many of them in whole as fit into a first answer.
   * Of a `partial` one the first differing field alone is told: ask for the object.
   */
  divergent: z.array(ObjectDetail.extend({ partial: z.boolean().optional() })),
  /** How many of them there are. */
  divergentCount: z.number().int(),
  resourceCount: z.number().int(),
  /** After a rollback, automation must not move it: since when, why, whose rollback, and which. */
  held: z
    .object({ since: z.string(), reason: z.string(), by: z.string(), pullRequestId: z.string().nullable() })
    .nullable(),
  /** How the newest commit came to its branch; null until its host was asked. */
  headProvenance: Provenance.nullable(),
  openPullRequest: z.object({ id: z.uuid(), number: z.number().nullable(), status: z.string() }).nullable(),
});
export type EnvironmentDetail = z.infer<typeof EnvironmentDetail>;

export const ReleaseInput = z.object({ reason: z.string().trim().max(1000).default("") });
export type ReleaseInput = z.infer<typeof ReleaseInput>;

/** One object in a list: its verdict without the evidence. */
export const ResourceRow = ResourceStatus.omit({
  changes: true,
  events: true,
  desiredDigest: true,
  observedDigest: true,
});
export type ResourceRow = z.infer<typeof ResourceRow>;

export const ResourceList = z.object({ resources: z.array(ResourceRow) });
export type ResourceList = z.infer<typeof ResourceList>;

/** One entry of history: a sync, an episode or a rollback, newest first. */
export const HistoryEntry = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("sync"),
    id: z.uuid(),
    at: z.string(),
    revision: z.string(),
    commit: RecordedCommit.nullable(),
    trigger: z.string(),
    mode: Mode,
    outcome: SyncOutcome,
    message: z.string().nullable(),
    /** When the agent first saw the revision in Git; null where it did not say. */
    noticedAt: z.string().nullable(),
    startedAt: z.string(),
    /** When the last object was applied and pruned; null where nothing was. */
    appliedAt: z.string().nullable(),
    finishedAt: z.string(),
    /** When the environment converged at this revision after this sync; null where it did not. */
    convergedAt: z.string().nullable(),
    /** True for a sync that closed a rollback whose manifests equal the target's byte for byte. */
    proven: z.boolean(),
    objects: z.array(ObjectOutcome),
    /** Why a rollback took the environment away from it; null where none did. */
    rolledBack: z.string().nullable(),
    /** Going to it is possible: converged, and not what is desired now. */
    canRollBack: z.boolean(),
    /** It is newer than what a rollback brought back, so that going to it is rolling forward. */
    forward: z.boolean(),
    /** Its commit changed this environment, and can be taken back by itself. */
    canRevert: z.boolean(),
  }),
  z.object({ kind: z.literal("episode"), id: z.uuid(), at: z.string(), episode: Episode }),
  z.object({
    kind: z.literal("rollback"),
    id: z.uuid(),
    at: z.string(),
    action: RollbackKind,
    toRevision: z.string(),
    /** The one commit that is taken back, for a revert. */
    commitRevision: z.string().nullable(),
    status: z.string(),
    number: z.number().nullable(),
    requester: z.string(),
    reason: z.string(),
  }),
]);
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** What a history may be narrowed to; `failed`: syncs that failed or were refused, and episodes because of it. */
export const HistoryFilter = z.enum(["sync", "episode", "rollback", "failed"]);
export type HistoryFilter = z.infer<typeof HistoryFilter>;

export const HistoryPage = z.object({ entries: z.array(HistoryEntry), next: z.string().nullable() });
export type HistoryPage = z.infer<typeof HistoryPage>;
