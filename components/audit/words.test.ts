import { expect, test } from "vitest";
import { filterQuery, readFilter } from "./queries.ts";
import { actionWords, detailWords } from "./words.ts";

test("an event reads as a sentence, with revisions and hashes short", () => {
  expect(actionWords("cluster.token-revoked")).toBe("cluster token revoked");
  const details = {
    reason: "it broke",
    toRevision: "a".repeat(40),
    kinds: ["diff", "failed"],
    note: null,
    n: 2,
  };
  expect(detailWords(details)).toEqual({
    reason: "it broke",
    rest: "to revision: aaaaaaa, kinds: diff, failed, n: 2",
  });
});

test("a filter comes back from an address as it went in, and nothing else does", () => {
  const filter = { actor: "Ada & Co", text: '"a b" -c', from: "2026-11-20T10:00:00.000Z" };
  const query = new URLSearchParams(`${filterQuery(filter as never)}&other=1`);
  expect(readFilter(query)).toEqual(filter);
  expect(filterQuery({} as never)).toBe("");
});
