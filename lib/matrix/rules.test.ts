import { describe, expect, it } from "vitest";
import {
  addressOf,
  columnName,
  compareSemver,
  holdsWords,
  imageParts,
  partOf,
  semverOf,
  stageOf,
  standingsOf,
  versionOf,
} from "./rules.ts";

describe("an image reference", () => {
  it.each([
    ["app", { name: "app", tag: null, digest: null }],
    ["team/app:1.2", { name: "team/app", tag: "1.2", digest: null }],
    ["registry:5000/team/app", { name: "team/app", tag: null, digest: null }],
    ["registry.example/app:v3@sha256:abcdef0123", { name: "app", tag: "v3", digest: "sha256:abcdef0123" }],
    ["localhost/app:x", { name: "app", tag: "x", digest: null }],
    ["", { name: "", tag: null, digest: null }],
    ["<script>:", { name: "<script>", tag: null, digest: null }],
  ])("%s is taken apart", (image, parts) => expect(imageParts(image)).toEqual(parts));

  it("is called by its tag, by the beginning of its digest, or by neither", () => {
    expect(versionOf("a:1.2@sha256:0123456789")).toBe("1.2");
    expect(versionOf("a@sha256:0123456789abcdef")).toBe("sha256:0123456");
    expect(versionOf("a")).toBe("no tag");
  });
});

it("orders versions as semver.org does", () => {
  const rising = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "v1.2",
    "1.10.0",
    "2.0.0+build",
  ];
  const parsed = rising.map((text) => semverOf(text)!);
  expect(parsed.toReversed().sort(compareSemver)).toEqual(parsed);
  for (const odd of ["latest", "main-3f9c1ab", "1", "1.2.3.4", "20261127"]) expect(semverOf(odd)).toBeNull();
});

describe("how a row's versions stand to one another", () => {
  const row = (...images: string[]) =>
    images.map((image, index) => ({ image, committedAt: `2026-11-2${7 - index}T00:00:00Z` }));

  it("is nothing to tell where all run one", () => {
    expect(standingsOf(row("a:1.0", "a:1.0")).map(({ is }) => is)).toEqual(["same", "same"]);
  });

  it("follows version numbers, whatever Git's order is", () => {
    expect(standingsOf(row("a:1.9.0", "a:1.10.0", "a:1.8.1"))).toEqual([
      { is: "behind", behind: 1, by: "version" },
      { is: "newest", behind: 0, by: "version" },
      { is: "behind", behind: 2, by: "version" },
    ]);
  });

  it("follows Git where tags are no versions", () => {
    expect(standingsOf(row("a:main-9", "a:main-1", "a:main-1"))).toEqual([
      { is: "newest", behind: 0, by: "git" },
      { is: "behind", behind: 1, by: "git" },
      { is: "behind", behind: 1, by: "git" },
    ]);
  });

  it("leaves another image out of the order", () => {
    expect(standingsOf(row("r.example/a:2", "a:2", "b:9")).map(({ is }) => is)).toEqual([
      "same",
      "same",
      "other",
    ]);
  });
});

it("puts environments in the order that releases take", () => {
  expect(stageOf({ name: "shop-dev", cluster: "eu" })).toBe(0);
  expect(stageOf({ name: "shop", cluster: "eu-west-1-staging" })).toBe(1);
  expect(stageOf({ name: "dev-tools", cluster: "eu", labels: { stage: "production" } })).toBe(2);
  expect(stageOf({ name: "shop", cluster: "frankfurt" })).toBe(1);
});

it("calls environments by their clusters where their names tell nothing apart", () => {
  const columns = ["dev", "prod"].map((cluster) => ({ name: "shop", cluster }));
  expect(columnName(columns[0]!, columns)).toEqual({ name: "dev", under: "" });
  const named = columns.map((one) => ({ ...one, name: `shop-${one.cluster}` }));
  expect(columnName(named[0]!, named)).toEqual({ name: "shop-dev", under: "dev" });
});

it("finds all of a filter's words, in whatever case", () => {
  expect(holdsWords("SHOP  work", ["acme/shop", "worker"])).toBe(true);
  expect(holdsWords("shop none", ["acme/shop", "worker"])).toBe(false);
  expect(holdsWords(" ", ["a"])).toBe(true);
});

it("speaks of a part in the address, and of nothing that is not one", () => {
  const part = { text: "api 1.2", differing: true, repository: "acme/shop", from: 60 };
  expect(partOf(addressOf(part))).toEqual(part);
  const whole = { text: "", differing: false, repository: null, from: 0 };
  expect(addressOf(whole).size).toBe(0);
  for (const odd of ["from=-1", "from=x", "from=1e99", "show=all", ""])
    expect(partOf(new URLSearchParams(odd))).toEqual(whole);
  expect(partOf(new URLSearchParams({ q: "a".repeat(5000) })).text).toHaveLength(200);
});
