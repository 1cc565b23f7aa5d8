import type { Cause } from "../protocol/state.ts";
import type { CauseDays } from "./schemas.ts";

/** The gravest first: what an episode with several causes counts for. */
export const CAUSE_ORDER: Cause[] = ["failed", "drift", "unhealthy", "pending"];

const dayMs = 86_400_000;

/** Days in their order, with what began on each; an episode without a cause was an ordinary rollout, and counts as pending. */
export function causeDaysOf(
  rows: readonly { day: string; causes: string[]; episodes: number; openMs: number }[],
  from: Date,
  days: number,
): CauseDays {
  const byDay = Map.groupBy(rows, ({ day }) => day);
  return {
    days: Array.from({ length: days }, (_, index) => {
      const day = new Date(from.getTime() + index * dayMs).toISOString().slice(0, 10);
      const causes: CauseDays["days"][number]["causes"] = {};
      for (const { causes: several, episodes, openMs } of byDay.get(day) ?? []) {
        const cause = CAUSE_ORDER.find((one) => several.includes(one)) ?? "pending";
        const before = causes[cause] ?? { episodes: 0, openMs: 0 };
        causes[cause] = { episodes: before.episodes + episodes, openMs: before.openMs + openMs };
      }
      return { day, causes };
    }),
  };
}
