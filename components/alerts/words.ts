import { ALERT_KINDS } from "#components/state/outcomes.ts";
import { plural } from "#components/ui/format.ts";
import type { AlertRow } from "#lib/alerts/schemas.ts";
import type { ChannelKind, DeliveryRow, EnvironmentName, RuleKind } from "#lib/notifications/schemas.ts";

/** "Slack (incoming webhook)" and the like. */
export const CHANNEL_WORDS: Record<ChannelKind, string> = {
  "slack-webhook": "Slack, incoming webhook",
  "slack-bot": "Slack, bot",
  webhook: "Signed webhook",
  email: "E-mail",
};

/** "one", "one or two", "one, two or three". */
export function listed(words: readonly string[], last = "or"): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

/** "production on eu-west-1", or "any environment". */
export const subjectOf = (environment: EnvironmentName | null) =>
  environment ? `${environment.name} on ${environment.cluster}` : "any environment";

const KINDS = Object.keys(ALERT_KINDS).filter((kind): kind is RuleKind => kind !== "test");

/** Every kind a rule can ask for, in the order pages show them. */
export const RULE_KINDS: readonly RuleKind[] = KINDS;

/** What a rule says after the channel's name: "when production on eu-west-1 differs, fails or converges". */
export function ruleWords(environments: readonly EnvironmentName[], kinds: readonly RuleKind[]): string {
  const all = KINDS.every((kind) => kinds.includes(kind));
  if (all && environments.length === 0) return "everything, about every environment";
  const subject =
    environments.length > 3
      ? `one of ${environments.length} environments`
      : environments.length === 0
        ? subjectOf(null)
        : listed(environments.map(subjectOf));
  if (all) return `everything about ${subject}`;
  const sorted = KINDS.filter((kind) => kinds.includes(kind));
  return `when ${subject} ${listed(sorted.map((kind) => ALERT_KINDS[kind].does))}`;
}

/** Where a delivery leads: its channel, or the commit status that goes back to Git. */
export const destinationOf = (delivery: Pick<DeliveryRow, "channel">) =>
  delivery.channel?.name ?? "commit status in Git";

/** What became of an alert's deliveries, worst first: "1 given up, 2 delivered". */
export function deliveredWords(alert: Pick<AlertRow, "muted" | "deliveries">): string {
  const { pending, delivered, givenUp } = alert.deliveries;
  if (pending + delivered + givenUp === 0) return alert.muted ? "muted, nobody told" : "no rule asked for it";
  const words = [
    givenUp > 0 && `${givenUp} given up`,
    pending > 0 && `${pending} waiting`,
    delivered > 0 && `${delivered} delivered`,
  ].filter((text): text is string => text !== false);
  return words.join(", ");
}

/** "after 3 tries"; empty where the first one did it. */
export const triesWords = (attempts: number) =>
  attempts > 1 ? `after ${plural(attempts, "try", "tries")}` : "";
