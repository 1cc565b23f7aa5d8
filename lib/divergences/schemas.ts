import { z } from "zod";
import { Cause } from "../protocol/state.ts";

/** How many days may be asked of. */
export const CauseSpan = z.enum(["7", "30", "90", "365"]);
export type CauseSpan = z.infer<typeof CauseSpan>;

/** Of divergences that began on one day for one cause: how many, and how long they lasted in all, in ms. */
const Counted = z.object({ episodes: z.number().int(), openMs: z.number() });

/** Every day of the span, oldest first; a cause that began none is not in it. */
export const CauseDays = z.object({
  days: z.array(z.object({ day: z.string(), causes: z.partialRecord(Cause, Counted) })),
});
export type CauseDays = z.infer<typeof CauseDays>;
