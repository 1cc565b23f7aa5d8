import { describe, expect, test } from "vitest";
import { GitHostError, type GitHostErrorCode } from "../../git-hosts/index.ts";
import type { AlertKind } from "../message.ts";
import { commitStatusOf, sendCommitStatus } from "./commit-status.ts";
import { testMessage } from "./test-message.ts";

const alone = { ambiguous: false };

test.each<[AlertKind, string | undefined]>([
  ["change-committed", "pending"],
  ["diff", "failure"],
  ["failed", "failure"],
  ["converged", "success"],
  ["agent-silent", undefined],
  ["suspended-too-long", undefined],
  ["test", undefined],
])("%s makes the commit %s", (kind, state) => {
  expect(commitStatusOf(testMessage({ kind }), alone)?.state).toBe(state);
});

test("it names the environment, and the cluster only where that is needed", () => {
  expect(commitStatusOf(testMessage(), alone)?.context).toBe("plumbline/production");
  expect(commitStatusOf(testMessage(), { ambiguous: true })?.context).toBe("plumbline/production (eu-1)");
});

test("it links to the environment's page", () => {
  expect(commitStatusOf(testMessage(), alone)?.targetUrl).toBe("https://plumbline.example/acme/production");
});

test("its description is one line of 140 characters at most", () => {
  const description =
    commitStatusOf(testMessage({ what: `a\nb\u202E ${"😀".repeat(200)}` }), alone)?.description ?? "";
  expect(description).toMatch(/^production on eu-1 has differed from Git for 30 min\. a b 😀/);
  expect(description.length).toBeLessThanOrEqual(140);
  expect(description.isWellFormed()).toBe(true);
});

test.each([null, "main", "0123456"])(
  "there is none for the revision %s, which is no commit",
  async (revision) => {
    const host = { setCommitStatus: () => Promise.reject(new Error("asked")) };
    expect(await sendCommitStatus(host, testMessage({ revision }), alone)).toMatchObject({
      ok: false,
      retryable: false,
    });
  },
);

describe("what GitHub answers", () => {
  const sent = (code: GitHostErrorCode, retryAt?: Date) =>
    sendCommitStatus(
      { setCommitStatus: () => Promise.reject(new GitHostError(code, "said", "Do this.", { retryAt })) },
      testMessage(),
      alone,
    );

  test.each(["forbidden", "not-found"] as const)("%s names the right that is missing", async (code) => {
    expect(await sent(code)).toMatchObject({
      retryable: false,
      reason: expect.stringContaining("read and write on commit statuses"),
    });
  });

  test.each(["unauthorized", "archived", "conflict", "protected"] as const)(
    "%s is for good",
    async (code) => {
      expect(await sent(code)).toMatchObject({ ok: false, retryable: false });
    },
  );

  test("an outage passes, and a limit says when", async () => {
    expect(await sent("unavailable")).toMatchObject({ ok: false, retryable: true });
    const limited = await sent("rate-limited", new Date(Date.now() + 60_000));
    expect(limited).toMatchObject({ ok: false, retryable: true });
    expect(limited.ok ? 0 : limited.retryAfterMs).toBeGreaterThan(50_000);
  });

  test("a fault of ours is not taken for an answer", async () => {
    const host = { setCommitStatus: () => Promise.reject(new TypeError("ours")) };
    await expect(sendCommitStatus(host, testMessage(), alone)).rejects.toThrow("ours");
  });
});
