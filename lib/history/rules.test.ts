import { describe, expect, test } from "vitest";
import { expiry, gitCompareUrl, pairObjects } from "./rules.ts";

describe("objects of two renderings", () => {
  test("are paired by key, and listed by key", () => {
    const before = new Map([
      ["/Service/shop/a", "1"],
      ["apps/Deployment/shop/a", "2"],
      ["apps/Deployment/shop/gone", "3"],
    ]);
    const after = new Map([
      ["apps/Deployment/shop/a", "4"],
      ["/Service/shop/a", "1"],
      ["/Service/shop/new", "5"],
    ]);
    expect(pairObjects(before, after)).toEqual([
      { key: "/Service/shop/a", before: "1", after: "1" },
      { key: "/Service/shop/new", after: "5" },
      { key: "apps/Deployment/shop/a", before: "2", after: "4" },
      { key: "apps/Deployment/shop/gone", before: "3" },
    ]);
  });

  test("of two environments are paired across their namespaces", () => {
    expect(
      pairObjects(new Map([["apps/Deployment/dev/a", "1"]]), new Map([["apps/Deployment/prod/a", "2"]])),
    ).toEqual([{ key: "apps/Deployment/prod/a", before: "1", after: "2" }]);
  });

  test("are not paired across namespaces where it would have to be guessed which", () => {
    const pairs = pairObjects(
      new Map([
        ["/ConfigMap/a/x", "1"],
        ["/ConfigMap/b/x", "2"],
      ]),
      new Map([["/ConfigMap/c/x", "3"]]),
    );
    expect(pairs).toEqual([
      { key: "/ConfigMap/a/x", before: "1" },
      { key: "/ConfigMap/b/x", before: "2" },
      { key: "/ConfigMap/c/x", after: "3" },
    ]);
  });
});

test("Git's comparison is linked for addresses of the web and of SSH, without credentials, and for nothing else", () => {
  const expected = "https://github.com/acme/shop/compare/a...b";
  for (const url of [
    "https://github.com/acme/shop.git",
    "https://someone:secret@github.com/acme/shop",
    "git@github.com:acme/shop.git",
    "ssh://git@github.com/acme/shop.git",
  ])
    expect(gitCompareUrl(url, "a", "b")).toBe(expected);
  for (const url of ["/srv/git/shop", "file:///srv/git/shop", "javascript:alert(1)"])
    expect(gitCompareUrl(url, "a", "b")).toBeNull();
  expect(gitCompareUrl("https://github.com/acme/shop", "a", "a")).toBeNull();
});

test("months are counted by the calendar, and end with short months", () => {
  const now = new Date("2027-03-31T12:00:00Z");
  expect(expiry(1, now)?.toISOString()).toBe("2027-02-28T12:00:00.000Z");
  expect(expiry(13, now)?.toISOString()).toBe("2026-02-28T12:00:00.000Z");
  expect(expiry(12, now)?.toISOString()).toBe("2026-03-31T12:00:00.000Z");
  expect(expiry(null, now)).toBeNull();
});
