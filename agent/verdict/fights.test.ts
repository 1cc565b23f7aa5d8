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

it("it is tried again once the five minutes have passed", () => {
  const fights = openFights();
  const contested = resource("contested", 1);
  for (let times = 0; times < 5; times++) fights.note(contested, 0);
  expect(fights.find(contested, 5 * 60_000 + 1)).toBeUndefined();
});

it("the sentence names the object, the field and both managers", () => {
  const status = resource("settings", 1);
  const by = { manager: "kube-janitor", operation: "Update" as const, who: "kube-janitor" };
  const change = { ...status.changes[0], by } as (typeof status.changes)[number];
  const sentence = fightSentence({ status, change }, "plumbline");
  for (const word of ["ConfigMap default/settings", "data.key0", "plumbline", "kube-janitor"])
    expect(sentence).toContain(word);
});
