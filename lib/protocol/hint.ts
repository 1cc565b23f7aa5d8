import { z } from "zod";

/** "Look now": all that a control plane can ever tell an agent. Losing one costs at most an interval. */
export const Hint = z.object({
  /** Environment to look at; absent means all. */
  environment: z.string().max(63).optional(),
  reason: z.enum(["push", "person", "merged"]),
});
export type Hint = z.infer<typeof Hint>;
