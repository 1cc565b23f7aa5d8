import type { Cause, EnvironmentState } from "./state.ts";

/** What people see of a state and its causes, worst first: the order of every list. */
export const SIGN_ORDER = [
  "failed",
  "drift",
  "unhealthy",
  "pending",
  "unknown",
  "converging",
  "suspended",
  "converged",
] as const;
export type Sign = (typeof SIGN_ORDER)[number];

const CAUSE_ORDER: Cause[] = ["failed", "drift", "pending", "unhealthy"];

/** The worst cause first: what an eye should stop at. */
export function leadingCause(causes: readonly Cause[]): Cause | undefined {
  return CAUSE_ORDER.find((cause) => causes.includes(cause));
}

/** The one sign of a state; the database holds its place in the order as `environments.urgency`. */
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

/** The signs that want a person's look. */
export const needsLook = (sign: Sign) => sign !== "converged" && sign !== "suspended";
