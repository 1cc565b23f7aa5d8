import { expect, it } from "vitest";
import { pullRequestsSentence } from "./pull-requests-sentence.ts";

type Row = Parameters<typeof pullRequestsSentence>[0][number];
const row = (status: Row["status"], proven = false): Row => ({ status, proven });

it("says which pull requests wait for people, which move, and which got there", () => {
  expect(pullRequestsSentence([])).toBe("No pull request was opened yet.");
  expect(pullRequestsSentence([row("open")])).toBe("1 pull request waits for a merge. None of 1 is proven.");
  expect(
    pullRequestsSentence([
      row("open"),
      row("requested"),
      row("failed"),
      row("merged"),
      row("converged", true),
    ]),
  ).toBe("2 pull requests wait for a merge, 1 could not be opened, 1 is converging. 1 of 5 is proven.");
  expect(pullRequestsSentence([row("converged", true), row("converged", true), row("closed")])).toBe(
    "No pull request waits for anyone. 2 of 3 are proven.",
  );
});
