import { describe, expect, it } from "vitest";
import { scheduleWords, windowWords } from "./window-words.ts";

const hour = 3_600_000;

describe("a window in words", () => {
  it("says whether it closes or opens, when, for how long and where", () => {
    const window = { schedule: "0 18 * * 5", timezone: "Europe/Vienna", reason: "weekend" };
    expect(windowWords({ ...window, kind: "deny", durationMs: 62 * hour })).toBe(
      "closed Fri 18:00 for 62 h, Europe/Vienna",
    );
    expect(
      windowWords({ ...window, kind: "allow", schedule: "30 9 * * mon-FRI", durationMs: 8.5 * hour }),
    ).toBe("open only Mon–Fri 09:30 for 8 h 30 min, Europe/Vienna");
    expect(
      windowWords({ ...window, kind: "deny", schedule: "0 0 20 12 *", durationMs: 14 * 24 * hour }),
    ).toBe("closed on the 20. of Dec 00:00 for 14 d, Europe/Vienna");
  });
  it("knows days by number, by name, in ranges and lists, Sunday both ways", () => {
    expect(scheduleWords("0 8,20 * * *")).toBe("daily 08:00, 20:00");
    expect(scheduleWords("5 4 * * 0")).toBe("Sun 04:05");
    expect(scheduleWords("5 4 * * 7")).toBe("Sun 04:05");
    expect(scheduleWords("0 12 * * sat,sun")).toBe("Sat, Sun 12:00");
    expect(scheduleWords("0 12 * 12 *")).toBe("every day in Dec 12:00");
    expect(scheduleWords("0 12 * 6-8 1")).toBe("Mon of Jun–Aug 12:00");
  });
  it("shows what it has no words for as it stands, and never a wrong sentence", () => {
    for (const odd of ["*/5 * * * *", "0 18 1 * 5", "0 18 * * 5#2", "0 18 L * *", "", "0 18 * *", "@daily"])
      expect(scheduleWords(odd)).toBe(`at cron “${odd}”`);
  });
});
