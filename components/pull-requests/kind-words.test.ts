import { expect, test } from "vitest";
import { RollbackKind } from "#lib/pull-requests/schemas.ts";
import { actionWords, doneWords, nextAction, PROMISE, thingWords } from "./kind-words.ts";

const asked = {
  environment: "production",
  toRevision: "a".repeat(40),
  commitRevision: null,
  kind: "rollback" as const,
};
const said = ({ before, revision, after }: { before: string; revision: string; after: string }) =>
  before + revision + after;

test("each way says where it goes, and a revert says the commit that it takes back", () => {
  expect(said(actionWords(asked))).toBe("Roll production back to aaaaaaa");
  expect(said(actionWords({ ...asked, kind: "forward" }))).toBe("Roll production forward to aaaaaaa");
  expect(said(actionWords({ ...asked, kind: "revert", commitRevision: "c".repeat(40) }))).toBe(
    "Revert ccccccc for production",
  );
  expect(said(thingWords(asked))).toBe("The rollback of production to aaaaaaa");
  expect(said(doneWords({ ...asked, kind: "revert", commitRevision: "c".repeat(40) }))).toBe(
    "Production is without ccccccc",
  );
});

test("no two ways are said alike, and each has a way out of it", () => {
  const kinds = RollbackKind.options;
  for (const words of [actionWords, thingWords, doneWords])
    expect(new Set(kinds.map((kind) => said(words({ ...asked, kind })))).size).toBe(kinds.length);
  for (const kind of kinds) {
    expect(nextAction(kind).kind).not.toBe(kind);
    expect(PROMISE[kind]).toMatch(/until it is merged\.$/);
  }
});
