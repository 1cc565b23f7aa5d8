import { expect, it } from "vitest";
import { policyWords } from "./policy-words.ts";

it("says what a policy does, with and without reminders", () => {
  const policy = {
    diffAlertAfterMs: 1_800_000,
    remindEveryMs: null,
    settleMs: 30_000,
    suspendedTooLongMs: 86_400_000,
  };
  expect(policyWords(policy)).toBe(
    "A difference is told once it has lasted 30 min, and not again while it lasts. Converged is told after 30 s without a difference. A suspension is told after 1 d.",
  );
  expect(policyWords({ ...policy, remindEveryMs: 14_400_000, settleMs: 0 })).toContain(
    "again every 4 h while it lasts. Converged is told at once.",
  );
});
