import { expect, test } from "vitest";
import { sendCommitStatus } from "#lib/notifications/channels/commit-status.ts";
import type { AlertKind, AlertMessage } from "#lib/notifications/message.ts";
import { api, commit, connectStandIn, host, owner, repo, token } from "./contract-setup.ts";

const message = (kind: AlertKind, revision: string): AlertMessage => ({
  id: "0199e1a0-0000-7000-8000-000000000001",
  kind,
  at: "2026-11-20T14:32:11.000Z",
  organization: { slug: "acme", name: "Acme" },
  cluster: "eu-1",
  environment: "production",
  title: `production is ${kind}`,
  what: "x".repeat(500),
  since: null,
  who: null,
  revision,
  url: "https://plumbline.example/acme/production",
  commitUrl: null,
  episode: null,
  ordinal: 0,
});

const alone = { ambiguous: false };

test("a commit shows pending, then success, under one context that links to the page", async () => {
  await connectStandIn();
  const sha = await commit({ "a.yaml": "a: 1\n" }, "Change");
  const combined = async () =>
    (await api.repos.getCombinedStatusForRef({ owner, repo, ref: sha })).data.statuses.map((status) => [
      status.context,
      status.state,
      status.target_url,
      status.description?.length,
    ]);
  const page = "https://plumbline.example/acme/production";
  expect(await sendCommitStatus(host, message("change-committed", sha), alone)).toEqual({
    ok: true,
    thread: null,
  });
  expect(await combined()).toEqual([["plumbline/production", "pending", page, 140]]);
  expect(await sendCommitStatus(host, message("converged", sha), alone)).toEqual({ ok: true, thread: null });
  expect(await combined()).toEqual([["plumbline/production", "success", page, 140]]);
});

test("a token that may only read gets a reason that names the right, and no second try", async () => {
  const github = await connectStandIn();
  const sha = await commit({ "a.yaml": "a: 1\n" }, "Change");
  github.setPermission(owner, repo, "alice", "read");
  const sent = await sendCommitStatus(host, message("converged", sha), alone);
  expect(sent).toMatchObject({
    ok: false,
    retryable: false,
    reason: expect.stringContaining("commit statuses"),
  });
  expect(JSON.stringify(sent)).not.toContain(token);
});

test("a commit that GitHub does not have is not tried again; an outage and a limit are", async () => {
  const github = await connectStandIn();
  const sha = await commit({ "a.yaml": "a: 1\n" }, "Change");
  const send = (revision: string) => sendCommitStatus(host, message("failed", revision), alone);
  expect(await send("f".repeat(40))).toMatchObject({ ok: false, retryable: false });
  github.fail({ route: "/statuses/", status: 502 });
  expect(await send(sha)).toMatchObject({ ok: false, retryable: true });
  github.fail({ route: "/statuses/", status: 429, headers: { "retry-after": "30" } });
  expect(await send(sha)).toMatchObject({ ok: false, retryable: true, retryAfterMs: expect.any(Number) });
  expect(await send(sha)).toMatchObject({ ok: true });
});
