import { randomBytes } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { parseEnv, setEnv } from "./env.ts";
import { open, sameText, seal } from "./secrets.ts";

const use = (secret: string) =>
  setEnv(
    parseEnv({
      DATABASE_URL: "postgresql://localhost/x",
      PLUMBLINE_URL: "http://localhost",
      PLUMBLINE_SECRET: secret,
    }),
  );
beforeEach(() => use("a".repeat(40)));

test("what is sealed opens in its context and shows nothing of itself", () => {
  const sealed = seal("ghp_example", "row 1");
  expect(open(sealed, "row 1")).toBe("ghp_example");
  expect(sealed.toString("latin1")).not.toContain("ghp_example");
  expect(seal("ghp_example", "row 1").equals(sealed)).toBe(false);
});

test("it opens in no other context, under no other secret, and not once it was changed", () => {
  const sealed = seal("ghp_example", "row 1");
  expect(() => open(sealed, "row 2")).toThrow();
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    expect(() => open(changed, "row 1")).toThrow();
  }
  use("b".repeat(40));
  expect(() => open(sealed, "row 1")).toThrow();
  expect(() => open(randomBytes(4), "row 1")).toThrow();
});

test("texts are the same only where they are", () => {
  expect(sameText("abc", "abc")).toBe(true);
  expect(sameText("abc", "abcd")).toBe(false);
});
