import { describe, expect, it } from "vitest";
import { type AlertsAtAGlance, alertsSentence } from "./alerts-sentence.ts";

const now = Date.parse("2026-11-20T12:00:00Z");
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
const ops = { id: "2b8e9a5e-2a1c-4c38-8a0f-5f4b7d0a9e01", name: "#ops", kind: "slack-bot" as const };
const mail = { ...ops, name: "mail" };
const delivery = (
  over: Partial<AlertsAtAGlance["unsent"][number]> = {},
): AlertsAtAGlance["unsent"][number] => ({
  channel: ops,
  status: "pending",
  attempts: 3,
  problem: "#ops answered 500.",
  createdAt: ago(12),
  ...over,
});
const glance = (over: Partial<AlertsAtAGlance> = {}): AlertsAtAGlance => ({
  alerts: [],
  moreAlerts: false,
  unsent: [],
  channels: [{ disabledAt: null }],
  rules: [{ id: ops.id }],
  mutes: [],
  ...over,
});
const say = (over: Partial<AlertsAtAGlance> = {}) =>
  alertsSentence(glance(over), now)
    .map((part) => part.text)
    .join("");
const alert = (minutes: number, over: Partial<AlertsAtAGlance["alerts"][number]> = {}) => ({
  at: ago(minutes),
  muted: false,
  kind: "diff" as const,
  ...over,
});

describe("the sentence about alerts", () => {
  it("says that nobody is told, and why, before anything else", () => {
    expect(say({ channels: [] })).toBe("Nobody is told anything yet: there is no channel.");
    expect(say({ rules: [] })).toBe("Nobody is told anything yet: no rule says what goes where.");
    expect(say({ channels: [{ disabledAt: ago(1) }] })).toContain("every channel is disabled");
  });
  it("is quiet where nothing waits, and counts the last day without tests", () => {
    expect(say()).toBe("Nothing is waiting to be told. No alert in the last 24 hours.");
    expect(
      say({ alerts: [alert(5), alert(60, { muted: true }), alert(7, { kind: "test" }), alert(3000)] }),
    ).toBe("Nothing is waiting to be told. 2 alerts in the last 24 hours, 1 of them muted.");
  });
  it("does not count what it has not seen", () => {
    expect(say({ alerts: [alert(5), alert(6)], moreAlerts: true })).toContain("More than 2 alerts");
    expect(say({ alerts: [alert(5), alert(3000)], moreAlerts: true })).toContain("1 alert in the last");
  });
  it("names who is not reached and for how long, coloured", () => {
    expect(say({ unsent: [delivery()] })).toContain("1 delivery to #ops has been failing for 12 min.");
    expect(say({ unsent: [delivery(), delivery({ channel: mail, createdAt: ago(60) })] })).toContain(
      "2 deliveries to #ops and mail have been failing for 1 h.",
    );
    expect(alertsSentence(glance({ unsent: [delivery()] }), now)[1]).toMatchObject({
      text: "failing for 12 min",
      sign: "failed",
    });
    expect(say({ unsent: [delivery({ status: "given-up", channel: null })] })).toContain(
      "1 delivery to commit status in Git was given up.",
    );
  });
  it("does not call a first try a failure", () => {
    expect(say({ unsent: [delivery({ attempts: 0, problem: null })] })).toContain(
      "1 delivery is on its way.",
    );
  });
  it("says that everything is muted, and not that one environment is", () => {
    expect(say({ mutes: [{ environment: null, until: ago(-90) }] })).toContain(
      "Everything is muted for 1 h 30 min",
    );
    const environment = { id: ops.id, name: "a", cluster: "b" };
    expect(say({ mutes: [{ environment, until: ago(-90) }] })).not.toContain("muted");
  });
});
