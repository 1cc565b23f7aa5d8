import { expect, test } from "vitest";
import { parseSearch } from "./search.ts";

test("a search is words that must be there, together in quotes, and words that must not", () => {
  expect(parseSearch('Quotes "time out" -Staging -"by hand" 50%_\\')).toEqual({
    include: ["quotes", "time out", "50%_\\"],
    exclude: ["staging", "by hand"],
  });
});

test("what is left open or empty asks for nothing more", () => {
  expect(parseSearch("")).toEqual({ include: [], exclude: [] });
  expect(parseSearch('"" - "half')).toEqual({ include: ["-", "half"], exclude: [] });
});
