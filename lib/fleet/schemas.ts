import { z } from "zod";
import { PlumbEpisode, PlumbMark } from "../environments/schemas.ts";
import { Mode } from "../protocol/declaration.ts";
import { Commit } from "../protocol/report.ts";
import { SIGN_ORDER } from "../protocol/sign.ts";
import { Cause, EnvironmentState } from "../protocol/state.ts";

const count = z.number().int().nonnegative();

/** One line of the overview; texts are cut to what a line can show. Times are ISO 8601. */
export const FleetRow = z.object({
  id: z.uuid(),
  name: z.string(),
  cluster: z.object({ id: z.uuid(), name: z.string() }),
  path: z.string(),
  mode: Mode,
  state: EnvironmentState,
  causes: z.array(Cause),
  since: z.string(),
  /** Half a line: what differs, or why the state is what it is; empty where it has converged. */
  differs: z.string(),
  head: Commit.pick({ revision: true, author: true, committedAt: true, subject: true }).nullable(),
  /** Commit to converged of the newest revision, in ms; null while open or unknown. */
  leadTimeMs: z.number().nullable(),
  episodes: z.array(PlumbEpisode),
  /** Commits and rollbacks: what a small plumb line marks. */
  marks: z.array(PlumbMark),
});
export type FleetRow = z.infer<typeof FleetRow>;

export const FleetRows = z.object({ rows: z.array(FleetRow) });
export type FleetRows = z.infer<typeof FleetRows>;

/** Rows that stand together, in the order in which they are shown. */
export const FleetGroup = z.object({
  /** An id, a name or a label's value; `…` for all groups beyond the last that is shown by itself. */
  key: z.string(),
  name: z.string(),
  count,
  /** How many of them want a look. */
  look: count,
  /** Where the group is a cluster. */
  agent: z
    .object({ version: z.string().nullable(), lastSeenAt: z.string().nullable(), silent: z.boolean() })
    .optional(),
});
export type FleetGroup = z.infer<typeof FleetGroup>;

const Counted = z.record(z.enum(SIGN_ORDER), count);
const Named = z.object({ name: z.string(), cluster: z.string() });

/** The fleet in a sentence: of all environments, whatever is filtered. */
export const FleetTotals = z.object({
  total: count,
  bySign: Counted,
  /** The only environment of the worst sign that there is, where it is only one. */
  single: z.string().nullable(),
  longest: Named.extend({ state: EnvironmentState, causes: z.array(Cause), since: z.string() }).nullable(),
  last: Named.extend({ revision: z.string(), committedAt: z.string(), leadTimeMs: z.number() }).nullable(),
  /** Label keys that are in use, the most used first. */
  labelKeys: z.array(z.string()),
  /** When the earliest episode of the last day began: what the plumb lines must have room for. */
  firstEpisodeAt: z.string().nullable(),
});
export type FleetTotals = z.infer<typeof FleetTotals>;

/** What a filter shows: how its rows are grouped, and the first of them. */
export const Fleet = z.object({
  /** Whatever states are shown: what each choice of states would show. */
  bySign: Counted,
  groups: z.array(FleetGroup),
  rows: z.array(FleetRow),
});
export type Fleet = z.infer<typeof Fleet>;

/** How many environments had a divergence open, by its worst cause, at even steps of time. */
export const FleetOverTime = z.object({
  days: count,
  points: z.array(
    z.object({
      at: z.string(),
      environments: count,
      failed: count,
      drift: count,
      unhealthy: count,
      pending: count,
    }),
  ),
});
export type FleetOverTime = z.infer<typeof FleetOverTime>;

export const SavedView = z.object({
  id: z.uuid(),
  name: z.string(),
  query: z.string(),
  shared: z.boolean(),
  mine: z.boolean(),
  /** How many environments it shows now. */
  count,
});
export type SavedView = z.infer<typeof SavedView>;
export const SavedViewList = z.object({ views: z.array(SavedView) });
export type SavedViewList = z.infer<typeof SavedViewList>;

export const SaveViewInput = z.object({
  name: z.string().trim().min(1, "Give it a name.").max(60),
  query: z.string().max(2000),
  shared: z.boolean().default(false),
});
export type SaveViewInput = z.input<typeof SaveViewInput>;
