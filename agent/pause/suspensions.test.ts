import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Declaration } from "../declaration.ts";
import { pauseAt } from "./pause.ts";
import { openSuspensions } from "./suspensions.ts";

const folder = () => mkdtempSync(join(tmpdir(), "plumbline-suspensions-"));
const until = "2026-12-01T12:00:00Z";
const asked = { environment: "production", reason: "incident 7", owner: "Ada", until };
const declare = (over: object = {}) =>
  Declaration.parse({ name: "production", repository: { url: "https://git.example.com/shop" }, ...over });
const before = new Date("2026-12-01T11:00:00Z");

it("keeps the whole set on disk, and hears each change of it once", () => {
  const directory = folder();
  const first = openSuspensions(directory);
  let changes = 0;
  first.onChange(() => changes++);
  first.replace({ suspensions: [asked] });
  first.replace({ suspensions: [asked] });
  expect(changes).toBe(1);
  expect(openSuspensions(directory).of("production")).toEqual(asked);
  first.replace({ suspensions: [] });
  expect(changes).toBe(2);
  expect(openSuspensions(directory).of("production")).toBeUndefined();
});

it("starts with none where the file cannot be read", () => {
  const directory = folder();
  writeFileSync(join(directory, "suspensions.json"), "{half");
  expect(openSuspensions(directory).of("production")).toBeUndefined();
});

it.each([
  ["a person's suspension holds until its instant", declare(), asked, before, "person", until],
  ["and not at it", declare(), asked, new Date(until), null, null],
  ["a declaration can refuse it", declare({ remoteSuspend: false }), asked, before, null, null],
  [
    "the declaration's own comes first, and the earliest end is looked at",
    declare({ suspend: { reason: "freeze", owner: "ops" } }),
    asked,
    before,
    "declaration",
    until,
  ],
  [
    "a declared one with an end in the past is over",
    declare({ suspend: { reason: "freeze", owner: "ops", until: "2026-12-01T10:00:00Z" } }),
    undefined,
    before,
    null,
    null,
  ],
  [
    "an open window says when it will close",
    declare({ windows: [{ kind: "deny", schedule: "30 11 * * *", duration: "1h" }] }),
    undefined,
    before,
    null,
    "2026-12-01T11:30:00.000Z",
  ],
])("%s", (_, declaration, person, now, by, changesAt) => {
  const verdict = pauseAt(declaration, person, now);
  expect(verdict.pause?.by ?? null).toBe(by);
  expect(verdict.changesAt).toBe(changesAt === null ? null : Date.parse(changesAt));
});
