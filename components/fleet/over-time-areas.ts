import type { FleetOverTime } from "#lib/fleet/schemas.ts";

/** From the line upwards: the worst stands lowest, so that its edge is the easiest to read. */
export const STACK = ["failed", "drift", "unhealthy", "pending"] as const;
type Cause = (typeof STACK)[number];

/**
 * Stacked areas of the environments that had a divergence open, `width` by `height`; the highest moment fills the
 * height. `top` is how many that was, at least one.
 */
export function overTimeAreas(
  points: FleetOverTime["points"],
  { width, height }: { width: number; height: number },
): { top: number; areas: { cause: Cause; path: string }[] } {
  const sum = (point: (typeof points)[number], causes: readonly Cause[]) =>
    causes.reduce((total, cause) => total + point[cause], 0);
  const top = Math.max(1, ...points.map((point) => sum(point, STACK)));
  const x = (index: number) => round((index / Math.max(1, points.length - 1)) * width);
  const y = (n: number) => round(height - (n / top) * height);
  const areas = STACK.flatMap((cause, place) => {
    if (points.every((point) => point[cause] === 0)) return [];
    const below = points.map((point) => y(sum(point, STACK.slice(0, place))));
    const above = points.map((point) => y(sum(point, STACK.slice(0, place + 1))));
    const there = above.map((at, index) => `${x(index)} ${at}`).join("L");
    const back = below.map((at, index) => `${x(index)} ${at}`).toReversed();
    return [{ cause, path: `M${there}L${back.join("L")}Z` }];
  });
  return { top, areas };
}

const round = (n: number) => Math.round(n * 100) / 100;
