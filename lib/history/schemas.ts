import { z } from "zod";
import { Episode } from "../environments/schemas.ts";
import { Commit, SyncOutcome } from "../protocol/report.ts";
import { RecordedCommit } from "../revisions/schemas.ts";

/** One object of a rendering, masked; `manifest` is null where its body is not kept. */
export const RanManifest = z.object({ key: z.string(), digest: z.string(), manifest: z.json().nullable() });
export type RanManifest = z.infer<typeof RanManifest>;

const EnvironmentName = z.object({ id: z.uuid(), name: z.string(), cluster: z.string() });

/** What an environment ran at an instant. All times ISO 8601. */
export const WhatRan = z.object({
  environment: EnvironmentName,
  at: z.string(),
  /** What had been put in place last, or seen in place; null before the first record. */
  ran: z
    .object({
      syncId: z.uuid(),
      revision: z.string(),
      commit: RecordedCommit.nullable(),
      trigger: z.string(),
      outcome: SyncOutcome,
      message: z.string().nullable(),
      /** Since when: when it was applied, or first seen. */
      since: z.string(),
      /** When the environment first converged at this revision; null where it never did. */
      convergedAt: z.string().nullable(),
      /** From the commit until then, in ms. */
      leadMs: z.number().nullable(),
      /** The pull request through which it came, where it was opened from here. */
      pullRequest: z
        .object({
          id: z.uuid(),
          number: z.number().nullable(),
          url: z.string().nullable(),
          requester: z.string(),
          reason: z.string(),
        })
        .nullable(),
      renderedDigest: z.string().nullable(),
      manifests: z.array(RanManifest),
    })
    .nullable(),
  /** A sync that was under way at that instant. */
  applying: z
    .object({ syncId: z.uuid(), revision: z.string(), startedAt: z.string(), until: z.string() })
    .nullable(),
  /** How it was not converged at that instant; null where it was. */
  divergence: Episode.nullable(),
  /** Set where the agent had not reported up to that instant: what is said was so when it last did. */
  knownUntil: z.string().nullable(),
});
export type WhatRan = z.infer<typeof WhatRan>;

/** One side of a comparison: a sync, a revision, an instant, or what was recorded last, of one environment. */
export const Side = z.object({
  environmentId: z.uuid(),
  kind: z.enum(["now", "at", "sync", "revision"]),
  value: z.string(),
});
export type Side = z.infer<typeof Side>;

/** Reads what `writeSide` wrote; null for anything else. */
export function readSide(text: string): Side | null {
  const [environmentId, kind, ...rest] = text.split(":");
  const side = Side.safeParse({ environmentId, kind, value: rest.join(":") });
  const shape = {
    now: /^$/,
    at: /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/,
    sync: /^[0-9a-f-]{36}$/,
    revision: /^[0-9a-f]{7,64}$/,
  };
  if (!side.success || !shape[side.data.kind].test(side.data.value)) return null;
  return side.data.kind === "at" && Number.isNaN(Date.parse(side.data.value)) ? null : side.data;
}

const ComparedSide = z.object({
  environment: EnvironmentName,
  syncId: z.uuid(),
  revision: z.string(),
  commit: Commit.nullable(),
  /** When it was put in place, or seen in place. */
  since: z.string(),
  renderedDigest: z.string().nullable(),
  /** False where its manifests are not kept, so that nothing can be said of its objects. */
  kept: z.boolean(),
});
export type ComparedSide = z.infer<typeof ComparedSide>;

/** What differs between two sides, as rendered objects. */
export const Comparison = z.object({
  before: ComparedSide,
  after: ComparedSide,
  /** Both rendered to the same, byte for byte; null where that is not known. */
  same: z.boolean().nullable(),
  /** Git's own comparison of the two commits; null where the host has none or the repositories are two. */
  gitUrl: z.string().nullable(),
  unchanged: z.number().int(),
  objects: z.array(
    z.object({
      key: z.string(),
      change: z.enum(["added", "removed", "changed"]),
      /** False where a body is not kept, so that its fields cannot be told. */
      kept: z.boolean(),
      fields: z.array(
        z.object({ path: z.string(), before: z.json().optional(), after: z.json().optional() }),
      ),
    }),
  ),
  /** How many more objects differ than are listed. */
  more: z.number().int(),
});
export type Comparison = z.infer<typeof Comparison>;

const Months = z.number().int().min(1, "At least one month.").max(1200, "At most 1200 months.").nullable();

/** For how many months the record is kept; null for ever. Manifests never longer than the outcomes they belong to. */
export const Retention = z
  .object({ manifestMonths: Months, outcomeMonths: Months })
  .refine(
    ({ manifestMonths, outcomeMonths }) =>
      outcomeMonths === null || (manifestMonths !== null && manifestMonths <= outcomeMonths),
    { path: ["manifestMonths"], error: "Manifests cannot be kept longer than the syncs they belong to." },
  );
export type Retention = z.infer<typeof Retention>;
