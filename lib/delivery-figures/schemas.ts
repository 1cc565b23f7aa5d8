import { z } from "zod";

/** How many days figures may be asked of. */
export const FigureSpan = z.enum(["7", "30", "90", "365"]);
export type FigureSpan = z.infer<typeof FigureSpan>;

const Quantiles = z.object({ p50: z.number(), p90: z.number() }).nullable();

/** What was delivered in the days up to today (UTC); durations in ms, null where there was none. */
export const DeliveryFigures = z.object({
  from: z.string(),
  to: z.string(),
  deployments: z.number().int(),
  deploymentsPerDay: z.number(),
  lead: Quantiles,
  changes: z.number().int(),
  failedChanges: z.number().int(),
  restores: z.number().int(),
  restore: Quantiles,
  /** Every day of the span, oldest first. */
  days: z.array(
    z.object({
      day: z.string(),
      deployments: z.number().int(),
      changes: z.number().int(),
      failedChanges: z.number().int(),
      restores: z.number().int(),
      leadMs: z.number().nullable(),
      restoreMs: z.number().nullable(),
    }),
  ),
});
export type DeliveryFigures = z.infer<typeof DeliveryFigures>;
