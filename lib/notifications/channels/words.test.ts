import { describe, expect, test } from "vitest";
import type { AlertKind, AlertMessage } from "../message.ts";
import { AlertKind as AllKinds } from "../message.ts";
import { testMessage } from "./test-message.ts";
import { titleOf, wordsOf } from "./words.ts";

const message = (changed: Partial<AlertMessage> = {}) => testMessage({ title: "", ...changed });

const fact = (of: AlertMessage, label: string) =>
  wordsOf(of).facts.find((each) => each.label === label)?.text;

const first: Record<AlertKind, string> = {
  "change-committed": "A change was committed for production on eu-1",
  diff: "production on eu-1 has differed from Git for 30 min",
  converged: "production on eu-1 has converged, after 30 min",
  failed: "production on eu-1 failed to sync",
  "agent-silent": "The agent of eu-1 has been silent for 30 min",
  "suspended-too-long": "production on eu-1 has been suspended for 30 min",
  "audit-anchor": "Anchor of the audit log of Acme",
  test: "A test from Plumbline for Acme",
};

const reminder: Partial<Record<AlertKind, string>> = {
  diff: "production on eu-1 still differs from Git, for 30 min now",
  failed: "production on eu-1 still fails to sync, for 30 min now",
  "agent-silent": "The agent of eu-1 is still silent, for 30 min now",
  "suspended-too-long": "production on eu-1 is still suspended, for 30 min now",
};

const times: Record<AlertKind, [label: string, text: string]> = {
  "change-committed": ["Committed", "2026-11-20 14:02:11 UTC"],
  diff: ["Differs since", "2026-11-20 14:02:11 UTC (30 min by 2026-11-20 14:32:11 UTC)"],
  converged: ["Differed for", "30 min, from 2026-11-20 14:02:11 UTC to 2026-11-20 14:32:11 UTC"],
  failed: ["Since", "2026-11-20 14:02:11 UTC (30 min by 2026-11-20 14:32:11 UTC)"],
  "agent-silent": ["Silent since", "2026-11-20 14:02:11 UTC (30 min by 2026-11-20 14:32:11 UTC)"],
  "suspended-too-long": ["Suspended since", "2026-11-20 14:02:11 UTC (30 min by 2026-11-20 14:32:11 UTC)"],
  "audit-anchor": ["At", "2026-11-20 14:32:11 UTC"],
  test: ["At", "2026-11-20 14:32:11 UTC"],
};

describe.each(AllKinds.options)("a message of kind %s", (kind) => {
  const of = message({ kind });

  test("has its title", () => expect(titleOf(of)).toBe(first[kind]));

  test("says where, when, who, and links to page and commit", () => {
    expect(fact(of, "Environment")).toBe("production on eu-1");
    expect(fact(of, "Organization")).toBe("Acme");
    expect(fact(of, times[kind][0])).toBe(times[kind][1]);
    expect(wordsOf(of).facts.map((each) => each.text)).toContain("alice");
    expect(fact(of, "Revision")).toBe("0123456");
    expect(wordsOf(of).links).toEqual([
      { label: "Open in Plumbline", url: "https://plumbline.example/acme/production" },
      { label: "Commit 0123456", url: "https://github.com/acme/fleet/commit/0123456" },
    ]);
    expect(wordsOf(of).what).toBe("Deployment/quotes replicas 6 → 2, by kubectl edit");
  });
});

test.each(Object.entries(reminder))("a reminder of %s says still", (kind, title) => {
  const again = message({ kind: kind as AlertKind, ordinal: 2 });
  expect(titleOf(again)).toBe(title);
  expect(wordsOf(again).title).toBe(title);
  expect(fact(again, "Reminder")).toBe("number 2");
  expect(fact(again, times[kind as AlertKind][0])).toContain("(still, 30 min");
});

test("the title its maker gave is kept, and only a reminder that lacks the word gets it", () => {
  expect(wordsOf(message({ title: "production drifted" })).title).toBe("production drifted");
  expect(wordsOf(message({ title: "production drifted", ordinal: 1 })).title).toBe(
    "Still: production drifted",
  );
  expect(wordsOf(message({ title: "production still drifts", ordinal: 1 })).title).toBe(
    "production still drifts",
  );
});

test("what is not known is left out rather than shown empty", () => {
  const bare = message({
    kind: "agent-silent",
    environment: null,
    since: null,
    who: null,
    revision: null,
    commitUrl: null,
  });
  expect(titleOf(bare)).toBe("The agent of eu-1 has been silent");
  expect(wordsOf(bare).facts).toEqual([
    { label: "Cluster", text: "eu-1" },
    { label: "Organization", text: "Acme" },
    { label: "At", text: "2026-11-20 14:32:11 UTC" },
  ]);
  expect(wordsOf(bare).links.map((link) => link.label)).toEqual(["Open in Plumbline"]);
});

test("an episode whose end lies before its start is not given a length", () => {
  const odd = message({ kind: "converged", since: "2026-11-20T15:00:00Z" });
  expect(titleOf(odd)).toBe("production on eu-1 has converged");
  expect(fact(odd, "Converged")).toBe("2026-11-20 14:32:11 UTC");
});

test("characters that hide, turn around or break a line do not reach a reader", () => {
  const words = wordsOf(
    message({
      title: "prod\r\nBcc: eve@example.com\u202Egnp.exe\u0007",
      what: "a\u0000b\r\nc\u2028d\u2066e\u200Bf\u{E0041}\uD800",
      who: "ali\u202Dce\n",
    }),
  );
  expect(words.title).toBe("prod Bcc: eve@example.comgnp.exe");
  expect(words.what).toBe("a b\nc\ndef\uFFFD");
  expect(words.facts.map((each) => each.text)).toContain("alice");
});

test("only addresses of the web become links, and nothing in them ends the link early", () => {
  const words = wordsOf(
    message({ url: "https://plumbline.example/a|b>c'd", commitUrl: "javascript:alert(1)" }),
  );
  expect(words.links).toEqual([
    { label: "Open in Plumbline", url: "https://plumbline.example/a%7Cb%3Ec%27d" },
  ]);
});

test("a title is cut at its limit without breaking a character", () => {
  const title = wordsOf(message({ title: `${"a".repeat(298)}😀😀😀` })).title;
  expect(title).toHaveLength(299);
  expect(title.isWellFormed()).toBe(true);
});
