import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GIVE_UP_AFTER_MS, nextAttemptAt, targetOf } from "./rules.ts";

const attempt = { attempts: 1, createdAt: 0, now: 0, retryable: true, random: 0.5 };

describe("the next attempt", () => {
  test("comes after five seconds, then twice as long each time, and at last every quarter of an hour", () => {
    const waits = [1, 2, 3, 8, 9, 50].map((attempts) => nextAttemptAt({ ...attempt, attempts })! / 1000);
    expect(waits).toEqual([5, 10, 20, 640, 900, 900]);
  });

  test("comes no sooner than the receiver says, never in the past, and never after a day", () => {
    const any = fc.record({
      attempts: fc.integer({ min: 1, max: 1000 }),
      createdAt: fc.constant(0),
      now: fc.integer({ min: 0, max: 2 * GIVE_UP_AFTER_MS }),
      retryable: fc.boolean(),
      retryAfterMs: fc.integer({ min: 0, max: 2 * GIVE_UP_AFTER_MS }),
      random: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(any, (one) => {
        const at = nextAttemptAt(one);
        if (!one.retryable || one.now >= GIVE_UP_AFTER_MS) {
          expect(at).toBeNull();
          return;
        }
        expect(at).toBeGreaterThan(one.now);
        expect(at).toBeLessThanOrEqual(GIVE_UP_AFTER_MS);
        expect(at).toBeGreaterThanOrEqual(Math.min(GIVE_UP_AFTER_MS, one.now + one.retryAfterMs));
      }),
    );
  });
});

test("a channel says where it leads", () => {
  expect(targetOf("webhook", { host: "hooks.example.com" })).toBe("hooks.example.com");
  expect(targetOf("slack-bot", { channel: "alerts" })).toBe("#alerts");
  expect(targetOf("slack-bot", { channel: "C0123456789" })).toBe("C0123456789");
  expect(targetOf("email", { recipients: ["a@example.com"] })).toBe("a@example.com");
  expect(targetOf("email", { recipients: ["a@example.com", "b@example.com"] })).toBe(
    "a@example.com and 1 more",
  );
});
