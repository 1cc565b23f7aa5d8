import { expect, test } from "vitest";
import { provenanceWords } from "./provenance-words.ts";

const pull = {
  ...{ kind: "pull-request" as const, number: 12, url: "https://github.com/a/b/pull/12", title: "More" },
  ...{ author: "alice", mergedBy: "bob" },
};

test("who approved is said, a few by name", () => {
  expect(provenanceWords({ ...pull, approvedBy: [] })).toBe("approved by nobody");
  expect(provenanceWords({ ...pull, approvedBy: ["bob", "carol"] })).toBe("approved by bob, carol");
  expect(provenanceWords({ ...pull, approvedBy: ["a", "b", "c", "d"] })).toBe(
    "approved by a, b, c and 1 other",
  );
});

test("a direct push, a host that does not say it and one that was not asked are three things", () => {
  expect(provenanceWords({ kind: "direct" })).toBe("pushed directly, no pull request");
  expect(provenanceWords({ kind: "unknown", why: "No right." })).toBe("approvals not known");
  expect(provenanceWords(null)).toBeNull();
});
