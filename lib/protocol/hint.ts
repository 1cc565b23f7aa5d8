import { z } from "zod";
import { EnvironmentName } from "./declaration.ts";
import { Instant } from "./object.ts";

/** "Look now": an event `hint` on the agent's stream. Losing one costs at most an interval. */
export const Hint = z.object({
  /** Environment to look at; absent means all. */
  environment: z.string().max(63).optional(),
  reason: z.enum(["push", "person", "merged"]),
});
export type Hint = z.infer<typeof Hint>;

/** A person paused an environment's applies until an instant; it always ends by itself. */
export const Suspension = z.object({
  environment: EnvironmentName,
  reason: z.string().min(1).max(1000),
  owner: z.string().min(1).max(300),
  until: Instant,
});
export type Suspension = z.infer<typeof Suspension>;

/**
 * All of a cluster's suspensions: an event `suspensions`, sent when the stream begins and at each change. It is
 * the only instruction there is, because it makes the agent do less; one that is missing here is lifted.
 */
export const Suspensions = z.object({ suspensions: z.array(Suspension).max(5000) });
export type Suspensions = z.infer<typeof Suspensions>;
