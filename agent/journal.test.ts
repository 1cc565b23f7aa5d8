import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openJournal } from "./journal.ts";

const place = () => join(mkdtempSync(join(tmpdir(), "plumbline-journal-")), "texts.log");
const textsOf = (file: string) => {
  const journal = openJournal(file);
  return Object.fromEntries(journal.keys().map((key) => [key, journal.read(key)]));
};

it("has after a restart what was put last under each key, and nothing that was dropped", () => {
  const file = place();
  const journal = openJournal(file);
  journal.put("a", "one");
  journal.put("b", "é – ”");
  journal.put("a", "another");
  journal.put("c", "");
  journal.put("d", "gone");
  journal.drop("d");
  const all = { a: "another", b: "é – ”", c: "" };
  expect(Object.fromEntries(journal.keys().map((key) => [key, journal.read(key)]))).toEqual(all);
  expect(textsOf(file)).toEqual(all);
  expect(() => journal.read("d")).toThrow("no d");
});

it("takes a line that was cut short anywhere for one that was never written", () => {
  const file = place();
  const journal = openJournal(file);
  journal.put("a", "one");
  journal.put("b", "two");
  const before = statSync(file).size;
  journal.put("a", "three");
  const whole = readFileSync(file);
  for (let end = before; end < whole.length; end++) {
    writeFileSync(file, whole.subarray(0, end));
    expect(textsOf(file)).toEqual({ a: "one", b: "two" });
    openJournal(file).put("c", "after it");
    expect(textsOf(file)).toEqual({ a: "one", b: "two", c: "after it" });
  }
});

it("passes over a damaged line in the middle, and keeps those around it", () => {
  const file = place();
  const journal = openJournal(file);
  for (const key of ["a", "b", "c"]) journal.put(key, `text of ${key}`);
  writeFileSync(file, readFileSync(file, "utf8").replace("text of b", "text 0f b"));
  expect(textsOf(file)).toEqual({ a: "text of a", c: "text of c" });
});

it("grows no larger than a few times what it keeps, and keeps all of that", () => {
  const file = place();
  const forgets: number[] = [];
  const journal = openJournal(file, { forgetting: () => forgets.push(statSync(file).size) });
  const text = (round: number) => `${round} `.repeat(2000);
  let largest = 0;
  for (let round = 0; round < 400; round++) {
    for (const key of ["a", "b", "c"]) journal.put(key, text(round));
    journal.put(`passing.${round}`, "x".repeat(5000));
    journal.drop(`passing.${round}`);
    largest = Math.max(largest, statSync(file).size);
  }
  expect(forgets.length).toBeGreaterThan(2);
  expect(largest).toBeLessThan(1_200_000);
  expect(textsOf(file)).toEqual({ a: text(399), b: text(399), c: text(399) });
  for (const key of ["a", "b", "c"]) journal.drop(key);
  journal.put("large", "x".repeat(1_200_000));
  journal.drop("large");
  expect([statSync(file).size, textsOf(file)]).toEqual([0, {}]);
});

it("tells of every key that the file has had since it forgot any", () => {
  const file = place();
  const journal = openJournal(file);
  journal.put("a.1", "x");
  journal.drop("a.1");
  journal.put("a.2", "y");
  const seen: string[] = [];
  openJournal(file, { seen: (key) => seen.push(key) });
  expect(new Set(seen)).toEqual(new Set(["a.1", "a.2"]));
});
