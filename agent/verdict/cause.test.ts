import { expect, it } from "vitest";
import type { FieldChange } from "../../lib/protocol/object.ts";
import { causeOf } from "./cause.ts";

const committedAt = "2026-01-01T12:00:00Z";
const before = "2026-01-01T11:00:00Z";
const after = "2026-01-01T13:00:00Z";

const change = (time: string | undefined, counts = true): FieldChange => ({
  path: "spec.replicas",
  pointer: "/spec/replicas",
  type: counts ? "modified" : "added",
  counts,
  by: { manager: "kubectl-edit", operation: "Update", who: "kubectl edit", ...(time && { time }) },
});

it.each([
  ["is Synced", { sync: "Synced", lastSynced: "d1" }, undefined],
  ["could not be read", { sync: "Unknown", lastSynced: "d1" }, undefined],
  ["differs from what Git asked for when they last agreed", { sync: "Modified", lastSynced: "d1" }, "drift"],
  ["was deleted while Git still asks for the same", { sync: "Missing", lastSynced: "d1" }, "drift"],
  ["differs, and Git asks for something new", { sync: "Modified", lastSynced: "d0" }, "pending"],
  [
    "differs from a new commit even if edited after it",
    { sync: "Modified", lastSynced: "d0", changes: [change(after)] },
    "pending",
  ],
  ["is no longer in Git", { sync: "Extra", lastSynced: "d1" }, "pending"],
  [
    "is seen for the first time, changed after the commit",
    { sync: "Modified", changes: [change(after)] },
    "drift",
  ],
  [
    "is seen for the first time, last changed before the commit",
    { sync: "Modified", changes: [change(before)] },
    "pending",
  ],
  [
    "is seen for the first time, and nobody knows who changed it",
    { sync: "Modified", changes: [change(undefined)] },
    "pending",
  ],
  [
    "is seen for the first time, with a later addition that does not count",
    { sync: "Modified", changes: [change(before), change(after, false)] },
    "pending",
  ],
  ["was never there", { sync: "Missing" }, "pending"],
] as const)("an object that %s", (_, facts, cause) => {
  expect(causeOf({ desiredDigest: "d1", changes: [], committedAt, ...facts })).toBe(cause);
});
