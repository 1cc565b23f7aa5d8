import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Window } from "../declaration.ts";
import { windowAt } from "./windows.ts";

const window = (kind: "allow" | "deny", schedule: string, duration: string, timezone = "UTC") =>
  Window.parse({ kind, schedule, duration, timezone, reason: "freeze" });
const verdict = (windows: Window[], now: string) => {
  const { open, until } = windowAt(windows, new Date(now));
  return `${open ? "open" : "denied"} until ${until?.toISOString() ?? "ever"}`;
};

describe("sync windows", () => {
  const weekend = window("deny", "0 18 * * 5", "62h", "Europe/Vienna");
  const office = window("allow", "0 9 * * 1-5", "8h");
  const nightly = window("deny", "0 0 * * *", "1h");
  it.each<[string, Window[], string, string]>([
    ["none at all", [], "2026-06-01T12:00:00Z", "open until ever"],
    ["before a deny", [nightly], "2026-06-01T12:00:00Z", "open until 2026-06-02T00:00:00.000Z"],
    ["at its first instant", [nightly], "2026-06-02T00:00:00Z", "denied until 2026-06-02T01:00:00.000Z"],
    ["within it", [nightly], "2026-06-02T00:59:59.999Z", "denied until 2026-06-02T01:00:00.000Z"],
    ["at its end", [nightly], "2026-06-02T01:00:00Z", "open until 2026-06-03T00:00:00.000Z"],
    ["over a weekend", [weekend], "2026-06-07T12:00:00Z", "denied until 2026-06-08T06:00:00.000Z"],
    ["within an allow", [office], "2026-06-01T10:00:00Z", "open until 2026-06-01T17:00:00.000Z"],
    ["outside of an allow", [office], "2026-06-05T18:00:00Z", "denied until 2026-06-08T09:00:00.000Z"],
    [
      "a deny within an allow",
      [office, window("deny", "0 12 * * *", "1h")],
      "2026-06-01T12:30:00Z",
      "denied until 2026-06-01T13:00:00.000Z",
    ],
    [
      "a deny that reaches past an allow",
      [office, window("deny", "0 16 * * *", "4h")],
      "2026-06-01T16:30:00Z",
      "denied until 2026-06-02T09:00:00.000Z",
    ],
    [
      "two allows that meet",
      [window("allow", "0 9 * * *", "1h"), window("allow", "0 10 * * *", "1h")],
      "2026-06-01T09:30:00Z",
      "open until 2026-06-01T11:00:00.000Z",
    ],
    [
      "a schedule that overlaps itself for ever",
      [window("deny", "0 * * * *", "2h")],
      "2026-06-01T09:30:00Z",
      "denied until ever",
    ],
    [
      "an allow that never opens",
      [window("allow", "0 0 30 2 *", "1h")],
      "2026-06-01T09:30:00Z",
      "denied until ever",
    ],
    [
      "local time before the clocks go forward",
      [window("deny", "0 9 * * *", "1h", "Europe/Vienna")],
      "2026-03-28T08:30:00Z",
      "denied until 2026-03-28T09:00:00.000Z",
    ],
    [
      "local time after the clocks went forward",
      [window("deny", "0 9 * * *", "1h", "Europe/Vienna")],
      "2026-03-29T07:30:00Z",
      "denied until 2026-03-29T08:00:00.000Z",
    ],
    [
      "an hour that the clocks leave out",
      [window("deny", "30 2 * * *", "1h", "Europe/Vienna")],
      "2026-03-29T01:10:00Z",
      "denied until 2026-03-29T02:00:00.000Z",
    ],
    [
      "an hour that comes twice opens once",
      [window("deny", "30 2 * * *", "1h", "Europe/Vienna")],
      "2026-10-25T01:30:00Z",
      "open until 2026-10-26T01:30:00.000Z",
    ],
    [
      "a duration over the clocks' change is hours, not the clock's face",
      [window("deny", "0 22 * * *", "8h", "Europe/Vienna")],
      "2026-10-24T21:00:00Z",
      "denied until 2026-10-25T04:00:00.000Z",
    ],
  ])("%s", (_, windows, now, expected) => {
    expect(verdict(windows, now)).toBe(expected);
  });

  it("says why, and until when on the window's own clock", () => {
    const denied = windowAt([weekend], new Date("2026-06-07T12:00:00Z"));
    expect(denied).toMatchObject({
      reason: "freeze: applies are denied until 2026-06-08 08:00 Europe/Vienna.",
    });
    const outside = windowAt([office], new Date("2026-06-07T12:00:00Z"));
    expect(outside).toMatchObject({ reason: expect.stringContaining("outside of the windows that allow") });
  });

  const anyWindow = fc
    .record({
      kind: fc.constantFrom("allow" as const, "deny" as const),
      minute: fc.integer({ min: 0, max: 59 }),
      hour: fc.integer({ min: 0, max: 23 }),
      weekday: fc.constantFrom("*", "1-5", "6", "0"),
      hours: fc.integer({ min: 1, max: 30 }),
      timezone: fc.constantFrom("UTC", "Europe/Vienna", "America/New_York", "Asia/Kolkata"),
    })
    .map(({ kind, minute, hour, weekday, hours, timezone }) =>
      window(kind, `${minute} ${hour} * * ${weekday}`, `${hours}h`, timezone),
    );
  // Around both changes of the clocks, and in between.
  const anyTime = fc
    .integer({ min: Date.UTC(2026, 2, 20), max: Date.UTC(2026, 10, 10) })
    .map((at) => new Date(at));

  it("keeps its verdict up to the instant it names, and changes it there", () => {
    fc.assert(
      fc.property(
        fc.array(anyWindow, { maxLength: 4 }),
        anyTime,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (windows, now, part) => {
          const { open, until } = windowAt(windows, now);
          if (!until) return;
          expect(until.getTime()).toBeGreaterThan(now.getTime());
          const between = new Date(now.getTime() + part * (until.getTime() - now.getTime()));
          expect(windowAt(windows, between).open).toBe(open);
          expect(windowAt(windows, between).until).toEqual(until);
          expect(windowAt(windows, until).open).toBe(!open);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("another deny never opens what was denied, and another allow never denies what an allow opened", () => {
    fc.assert(
      fc.property(fc.array(anyWindow, { maxLength: 3 }), anyWindow, anyTime, (windows, more, now) => {
        const before = windowAt(windows, now).open;
        const after = windowAt([...windows, more], now).open;
        if (more.kind === "deny" && !before) expect(after).toBe(false);
        if (more.kind === "allow" && before && windows.some(({ kind }) => kind === "allow"))
          expect(after).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
