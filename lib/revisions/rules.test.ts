import { expect, test } from "vitest";
import { provenanceOf, settle } from "./rules.ts";

const now = new Date("2026-11-20T10:00:00Z");
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const found = {
  ...{ kind: "pull-request" as const, number: 12, url: "https://github.com/a/b/pull/12", title: "More" },
  ...{ author: "alice", mergedBy: "bob", approvedBy: ["bob", "carol"] },
};

test("a pull request settles it", () => {
  expect(settle({ found }, minutesAgo(0), now)).toEqual({ provenance: found, due: null });
});

test("no pull request is a direct push only some time after the commit", () => {
  expect(settle({ found: null }, minutesAgo(1), now)).toEqual({ due: minutesAgo(-0.5) });
  expect(settle({ found: null }, minutesAgo(3), now)).toEqual({ provenance: { kind: "direct" }, due: null });
});

test("a limit and an outage are waited for and say nothing; a missing right is told, and asked for again", () => {
  const retryAt = minutesAgo(-40);
  const limited = { refused: "x", retryAt, passes: true };
  expect(settle(limited, minutesAgo(9), now)).toEqual({ due: retryAt });
  expect(settle({ ...limited, retryAt: undefined }, minutesAgo(9), now)).toEqual({ due: minutesAgo(-1) });
  const refused = { refused: "No right to read pull requests.", retryAt: undefined, passes: false };
  expect(settle(refused, minutesAgo(9), now)).toEqual({
    provenance: { kind: "unknown", why: refused.refused },
    due: minutesAgo(-360),
  });
});

test("what is stored is read back, and anything else is not known", () => {
  expect(provenanceOf(found)).toEqual(found);
  for (const other of [null, undefined, 7, { kind: "sideways" }, { kind: "pull-request" }])
    expect(provenanceOf(other)).toBeNull();
});
