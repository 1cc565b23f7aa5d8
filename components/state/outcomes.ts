import type { AlertKind, DeliveryStatus } from "#lib/notifications/schemas.ts";
import type { SyncOutcome } from "#lib/protocol/report.ts";
import type { Sign } from "./state.ts";

/** How a sync ended, in a word, with the sign that stands beside it. */
export const SYNC_OUTCOMES: Record<SyncOutcome, { word: string; sign: Sign }> = {
  observed: { word: "Seen", sign: "pending" },
  succeeded: { word: "Applied", sign: "pending" },
  failed: { word: "Failed", sign: "failed" },
  refused: { word: "Refused", sign: "failed" },
  superseded: { word: "Superseded", sign: "pending" },
};

/** What an alert is about: a word for lists, its sign, and what a rule says of an environment. */
export const ALERT_KINDS: Record<AlertKind, { word: string; sign: Sign; does: string; help: string }> = {
  diff: {
    word: "Differs",
    sign: "drift",
    does: "differs",
    help: "It has not been what Git says for longer than the timing allows.",
  },
  failed: {
    word: "Failed",
    sign: "failed",
    does: "fails",
    help: "Git could not be read or rendered, or the cluster refused it.",
  },
  converged: {
    word: "Converged",
    sign: "converged",
    does: "converges",
    help: "It is what Git says again, once for each revision or ended difference.",
  },
  "change-committed": {
    word: "Committed",
    sign: "pending",
    does: "gets a new commit",
    help: "Git asks for something new of it. Sent at once.",
  },
  "agent-silent": {
    word: "Agent silent",
    sign: "unknown",
    does: "is no longer heard of",
    help: "The agent of its cluster has missed three reports.",
  },
  "suspended-too-long": {
    word: "Suspended",
    sign: "suspended",
    does: "stays suspended",
    help: "Somebody paused it and it has stayed so for longer than the timing allows.",
  },
  "audit-anchor": {
    word: "Audit anchor",
    sign: "converging",
    does: "has its audit log anchored",
    help: "A signed line, once a day, that shows later whether the audit log was cut or written anew.",
  },
  test: { word: "Test", sign: "converging", does: "is tested", help: "Somebody asked for it." },
};

/** How a delivery stands. */
export const DELIVERIES: Record<DeliveryStatus, { word: string; sign: Sign }> = {
  pending: { word: "Waiting", sign: "converging" },
  delivered: { word: "Delivered", sign: "converged" },
  "given-up": { word: "Given up", sign: "failed" },
};
