import { expect, it } from "vitest";
import { problemsFirst, repositoriesSentence } from "./repositories-sentence.ts";

type Row = Parameters<typeof problemsFirst>[0];
const row = (name: string, connection: Row["connection"]): Row => ({ name, connection });
const said = (...rows: Row[]) =>
  repositoriesSentence(rows)
    .map(({ text }) => text)
    .join("");

it("says in how many repositories pull requests can be opened, and where not", () => {
  expect(said()).toBe("No repository is followed yet.");
  expect(said(row("a", "connected"))).toBe("Pull requests can be opened in the one repository.");
  expect(said(row("a", "connected"), row("b", "connected"))).toBe(
    "Pull requests can be opened in all 2 repositories.",
  );
  expect(said(row("a", "connected"), row("b", "none"))).toBe(
    "Pull requests can be opened in 1 of 2 repositories. b is not connected yet.",
  );
  expect(said(row("a", "none"))).toBe(
    "1 repository is read, and not connected yet: pull requests need that.",
  );
  expect(said(row("a", "failing"), row("b", "none"), row("c", "none"))).toBe(
    "a refuses Plumbline: no pull request can be opened there. 2 are not connected yet.",
  );
  expect(said(row("a", "failing"), row("b", "failing"), row("c", "connected"))).toBe(
    "2 of 3 repositories refuse Plumbline: no pull request can be opened there.",
  );
});

it("lists what wants a person first", () => {
  const rows = [row("d", "connected"), row("a", "connected"), row("c", "none"), row("b", "failing")];
  expect(rows.sort(problemsFirst).map(({ name }) => name)).toEqual(["b", "c", "a", "d"]);
});
