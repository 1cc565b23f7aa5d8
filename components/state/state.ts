import type { Cause, EnvironmentState, HealthStatus, SyncStatus } from "#lib/protocol/state.ts";

/** What people see of a state: one of these words, with its shape and colour. */
export type Sign =
  | "converged"
  | "pending"
  | "drift"
  | "failed"
  | "unhealthy"
  | "converging"
  | "unknown"
  | "suspended";

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

const CAUSE_ORDER: Cause[] = ["failed", "drift", "pending", "unhealthy"];

/** The worst cause first: what an eye should stop at. */
export function leadingCause(causes: readonly Cause[]): Cause | undefined {
  return CAUSE_ORDER.find((cause) => causes.includes(cause));
}

export function signOf(state: EnvironmentState, causes: readonly Cause[]): Sign {
  switch (state) {
    case "Converged":
      return "converged";
    case "Converging":
      return "converging";
    case "Suspended":
      return "suspended";
    case "Unknown":
      return "unknown";
    case "Diverged":
      return leadingCause(causes) ?? "failed";
  }
}

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

/** Worst first, for sorting lists. */
export const SIGN_ORDER: Sign[] = [
  "failed",
  "drift",
  "unhealthy",
  "pending",
  "unknown",
  "converging",
  "suspended",
  "converged",
];

/** The signs that want a person's look. */
export const needsLook = (sign: Sign) => sign !== "converged" && sign !== "suspended";
