import { duration } from "#components/ui/format.ts";
import type { AlertPolicy, AlertPolicyView } from "#lib/alerts/schemas.ts";

/** What a policy does, as somebody would say it. */
export function policyWords(policy: AlertPolicy): string {
  const after = `A difference is told once it has lasted ${duration(policy.diffAlertAfterMs)}`;
  const again = policy.remindEveryMs
    ? `, and again every ${duration(policy.remindEveryMs)} while it lasts.`
    : ", and not again while it lasts.";
  const settle =
    policy.settleMs === 0
      ? " Converged is told at once."
      : ` Converged is told after ${duration(policy.settleMs)} without a difference.`;
  return `${after}${again}${settle} A suspension is told after ${duration(policy.suspendedTooLongMs)}.`;
}

/** Whose policy it is that holds. */
export const FROM_WORDS: Record<AlertPolicyView["from"], string> = {
  default: "Nobody has decided otherwise: this is how Plumbline begins.",
  organization: "As the organization has decided.",
  environment: "This environment has a timing of its own.",
};
