import { expect, it } from "vitest";
import { resource } from "../report/test-reports.ts";
import { fightSentence, openFights } from "./fights.ts";

it("a field put back five times in five minutes is left alone, and only that object", () => {
  const fights = openFights();
  const contested = resource("contested", 1);
  for (let times = 0; times < 5; times++) {
    expect(fights.find(contested, times)).toBeUndefined();
    fights.note(contested, times);
  }
  expect(fights.find(contested, 10)).toMatchObject({ change: { pointer: "/data/key0" } });
  expect(fights.find(resource("other", 1), 10)).toBeUndefined();
});

const minute = 60_000;

/** When the field is put back, by a writer that takes it again at once, up to an instant. */
function putBack(fights: ReturnType<typeof openFights>, until: number, from = 0): number[] {
  const contested = resource("contested", 1);
  const times: number[] = [];
  for (let now = from; now <= until; now += 1000) {
    if (fights.find(contested, now)) continue;
    fights.note(contested, now);
    times.push(now);
  }
  return times;
}

it("against one who never stops it is tried again after twice as long each time, an hour at most", () => {
  const times = putBack(openFights(), 6 * 60 * minute);
  const gaps = times.slice(4).map((time, at) => time - (times.slice(3)[at] ?? 0));
  expect(gaps.slice(0, 8).map((gap) => Math.round(gap / minute))).toEqual([0, 1, 2, 4, 8, 16, 32, 60]);
  expect(Math.max(...gaps)).toBe(60 * minute);
});

it("once the other has stopped it is put back when its pause ends, and then counts anew", () => {
  const fights = openFights();
  const contested = resource("contested", 1);
  const last = putBack(fights, 10_000).at(-1) ?? 0;
  expect(fights.calm(last + 1)).toBe(false);
  expect(fights.nextAt(last + 1)).toBe(last + minute);
  expect(fights.find(contested, last + minute - 1)).toBeDefined();
  expect(fights.find(contested, last + minute)).toBeUndefined();
  fights.note(contested, last + minute);
  expect(fights.calm(last + 2 * minute)).toBe(true);
  // An hour later an edit is an edit again.
  const later = last + 62 * minute;
  for (let times = 0; times < 4; times++) {
    expect(fights.find(contested, later + times)).toBeUndefined();
    fights.note(contested, later + times);
  }
  expect(fights.find(contested, later + 10)).toBeUndefined();
  expect(fights.nextAt(later + 10)).toBeNull();
});

it("the sentence names the object, the field and both managers", () => {
  const status = resource("settings", 1);
  const by = { manager: "kube-janitor", operation: "Update" as const, who: "kube-janitor" };
  const change = { ...status.changes[0], by } as (typeof status.changes)[number];
  const sentence = fightSentence({ status, change }, "plumbline");
  for (const word of ["ConfigMap default/settings", "data.key0", "plumbline", "kube-janitor"])
    expect(sentence).toContain(word);
});
