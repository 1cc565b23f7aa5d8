import type { Part } from "#components/fleet/fleet-sentence.ts";
import { duration, plural } from "#components/ui/format.ts";
import type { AlertRow, MuteRow } from "#lib/alerts/schemas.ts";
import type { ChannelRow, DeliveryRow, RuleRow } from "#lib/notifications/schemas.ts";
import { destinationOf } from "./words.ts";

/** What the page's first sentence is composed from; the lists are the newest page of each. */
export type AlertsAtAGlance = {
  alerts: readonly Pick<AlertRow, "at" | "muted" | "kind">[];
  /** There are older alerts than those above. */
  moreAlerts: boolean;
  unsent: readonly Pick<DeliveryRow, "channel" | "status" | "attempts" | "problem" | "createdAt">[];
  channels: readonly Pick<ChannelRow, "disabledAt">[];
  rules: readonly Pick<RuleRow, "id">[];
  mutes: readonly Pick<MuteRow, "environment" | "until">[];
};

const day = 86_400_000;

/** What a colleague would say of the alerts: is everybody told, how much there was, and what is stuck. */
export function alertsSentence(glance: AlertsAtAGlance, now: number): Part[] {
  if (glance.channels.length === 0) return [{ text: "Nobody is told anything yet: there is no channel." }];
  if (glance.rules.length === 0)
    return [{ text: "Nobody is told anything yet: no rule says what goes where." }];
  if (glance.channels.every((channel) => channel.disabledAt))
    return [{ text: "Nobody is told anything", sign: "suspended" }, { text: ": every channel is disabled." }];
  const parts: Part[] = [];
  const everything = glance.mutes.find((mute) => !mute.environment && Date.parse(mute.until) > now);
  if (everything)
    parts.push(
      { text: "Everything is muted", sign: "suspended" },
      { text: ` for ${coarse(Date.parse(everything.until) - now)} more. ` },
    );
  const waiting = glance.unsent.filter((delivery) => delivery.status === "pending");
  const failing = waiting.filter((delivery) => delivery.attempts > 0 && delivery.problem);
  const givenUp = glance.unsent.filter(
    (delivery) => delivery.status === "given-up" && now - Date.parse(delivery.createdAt) < day,
  );
  if (failing.length > 0) {
    const since = Math.min(...failing.map((delivery) => Date.parse(delivery.createdAt)));
    parts.push(
      {
        text: `${plural(failing.length, "delivery", "deliveries")} ${to(failing)} ${failing.length === 1 ? "has" : "have"} been `,
      },
      { text: `failing for ${coarse(now - since)}`, sign: "failed" },
      { text: ". " },
    );
  } else if (waiting.length > 0)
    parts.push({
      text: `${plural(waiting.length, "delivery is", "deliveries are")} on ${waiting.length === 1 ? "its" : "their"} way. `,
    });
  if (givenUp.length > 0)
    parts.push(
      {
        text: `${plural(givenUp.length, "delivery", "deliveries")} ${to(givenUp)} ${givenUp.length === 1 ? "was" : "were"} `,
      },
      { text: "given up", sign: "failed" },
      { text: ". " },
    );
  if (waiting.length === 0) parts.push({ text: "Nothing is waiting to be told. " });
  parts.push({ text: recent(glance, now) });
  return parts;
}

function recent({ alerts, moreAlerts }: AlertsAtAGlance, now: number): string {
  const counted = alerts.filter((alert) => alert.kind !== "test" && now - Date.parse(alert.at) < day);
  const whole = !moreAlerts || alerts.some((alert) => now - Date.parse(alert.at) >= day);
  const muted = counted.filter((alert) => alert.muted).length;
  const number =
    counted.length === 0 ? "No alert" : `${whole ? "" : "More than "}${plural(counted.length, "alert")}`;
  return `${number} in the last 24 hours${muted > 0 ? `, ${muted} of them muted` : ""}.`;
}

function to(deliveries: AlertsAtAGlance["unsent"]): string {
  const names = [...new Set(deliveries.map(destinationOf))];
  return names.length > 2 ? `to ${names.length} channels` : `to ${names.join(" and ")}`;
}

const coarse = (ms: number) => duration(ms < 60_000 ? ms : Math.floor(ms / 60_000) * 60_000);
