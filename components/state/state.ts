import type { Sign } from "#lib/protocol/sign.ts";
import type { HealthStatus, SyncStatus } from "#lib/protocol/state.ts";

export { leadingCause, SIGN_ORDER, type Sign, signOf } from "#lib/protocol/sign.ts";

/** The one table from sign to word and colour; `StateIcon` has the shapes. */
export const SIGNS: Record<Sign, { word: string; color: string; fill: string }> = {
  converged: { word: "Converged", color: "var(--ink-3)", fill: "transparent" },
  pending: { word: "Pending", color: "var(--pending)", fill: "var(--pending-fill)" },
  drift: { word: "Drifted", color: "var(--drift)", fill: "var(--drift-fill)" },
  failed: { word: "Failed", color: "var(--failed)", fill: "var(--failed-fill)" },
  unhealthy: { word: "Unhealthy", color: "var(--unhealthy)", fill: "var(--unhealthy-fill)" },
  converging: { word: "Converging", color: "var(--converging)", fill: "var(--converging-fill)" },
  unknown: { word: "Unknown", color: "var(--unknown)", fill: "transparent" },
  suspended: { word: "Suspended", color: "var(--ink-2)", fill: "transparent" },
};

/** Signs of one object's two axes. */
export function signOfSync(sync: SyncStatus, cause?: "drift" | "pending"): Sign {
  if (sync === "Synced") return "converged";
  if (sync === "Unknown") return "unknown";
  return cause ?? "pending";
}

export function signOfHealth(health: HealthStatus): Sign {
  return (
    {
      Healthy: "converged",
      Progressing: "converging",
      Degraded: "unhealthy",
      Missing: "unhealthy",
      Suspended: "suspended",
      Unknown: "unknown",
    } as const
  )[health];
}
