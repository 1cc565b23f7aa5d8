import { createServer } from "node:net";
import { WebClient } from "@slack/web-api";
import { createEmulator } from "emulate";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openSlackBot } from "./slack-bot.ts";
import { openSlackWebhook } from "./slack-webhook.ts";
import { testMessage } from "./test-message.ts";
import { startReceiver } from "./test-receiver.ts";

const token = "xoxb-test-token";
const allowed = ["127.0.0.0/8"];
const opened: { close: () => Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

describe("an independent emulation of Slack", () => {
  let base: string;
  let emulator: { close(): Promise<void> };
  let reader: WebClient;
  let general: string;

  beforeAll(async () => {
    const port = await freePort();
    base = `http://127.0.0.1:${port}`;
    emulator = await createEmulator({
      service: "slack",
      port,
      baseUrl: base,
      seed: {
        tokens: { [token]: { login: "developer", scopes: [] } },
        slack: { channels: [{ name: "alerts" }], bots: [{ name: "plumbline" }] },
      },
    });
    reader = new WebClient(token, { slackApiUrl: `${base}/api/`, retryConfig: { retries: 0 } });
    const { channels } = await reader.conversations.list();
    general = channels?.find((each) => each.name === "general")?.id ?? "";
  });
  afterAll(() => emulator.close());

  const bot = (channel: string) => openSlackBot({ channel }, { token }, { apiUrl: `${base}/api`, allowed });

  test("a reminder goes into the thread of the episode's first message, and so does what follows", async () => {
    const channel = bot(general);
    const first = await channel.send(testMessage(), null);
    if (!first.ok || !first.thread) throw new Error(JSON.stringify(first));
    const second = await channel.send(
      testMessage({ ordinal: 1, title: "production on eu-1 still differs" }),
      first.thread,
    );
    expect(second).toEqual({ ok: true, thread: first.thread });
    const third = await channel.send(testMessage({ kind: "converged", title: "converged" }), first.thread);
    expect(third).toEqual({ ok: true, thread: first.thread });
    const { messages } = await reader.conversations.replies({ channel: general, ts: first.thread });
    expect(messages?.map((message) => [message.text?.split("\n")[0], message.thread_ts])).toEqual(
      [
        ["production on eu-1 has differed from Git for 30 min", first.thread],
        ["production on eu-1 still differs", first.thread],
        ["converged", first.thread],
      ].map(([text, thread], index) => [text, index === 0 ? messages?.[0]?.thread_ts : thread]),
    );
    const blocks = JSON.stringify(messages?.[0]);
    expect(blocks).toContain("2026-11-20 14:02:11 UTC");
    expect(blocks).toContain("<https://plumbline.example/acme/production|Open in Plumbline>");
    expect(blocks).toContain("<https://github.com/acme/fleet/commit/0123456|Commit 0123456>");
  });

  test("a channel by its name is found as well", async () => {
    expect(await bot("general").send(testMessage(), null)).toMatchObject({ ok: true });
  });

  test("a channel that is not there is not tried again, and the reason says what to do", async () => {
    expect(await bot("C0MISSING00").send(testMessage(), null)).toEqual({
      ok: false,
      retryable: false,
      reason: expect.stringMatching(/no channel C0MISSING00 .* invite the app/),
    });
  });

  test("an incoming webhook takes the message, with its blocks", async () => {
    const url = `${base}/services/T000000001/B000000001/X000000001`;
    const sent = await openSlackWebhook({ url }, allowed).send(testMessage({ title: "by webhook" }), null);
    expect(sent).toEqual({ ok: true, thread: null });
    const { messages } = await reader.conversations.history({ channel: general });
    const arrived = messages?.find((message) => message.text?.startsWith("by webhook"));
    expect(arrived?.blocks?.map((block) => block.type)).toEqual(["header", "section", "section", "context"]);
  });
});

async function answering(answer: Parameters<typeof startReceiver>[0], channel = "C0123456789") {
  const receiver = await startReceiver(answer);
  opened.push(receiver);
  const send = (message = testMessage(), thread: string | null = null) =>
    openSlackBot({ channel }, { token }, { apiUrl: `${receiver.url}/api`, allowed }).send(message, thread);
  return { ...receiver, send };
}

const says = (body: object, status = 200, headers = {}) =>
  answering((response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body)),
  );

describe("what Slack answers", () => {
  test.each([
    ["invalid_auth", "new token"],
    ["token_revoked", "new token"],
    ["missing_scope", "chat:write"],
    ["not_in_channel", "/invite"],
    ["is_archived", "unarchive"],
    ["restricted_action_read_only_channel", "administrator"],
    ["a_code_of_next_year", "a_code_of_next_year"],
  ])("%s is for good, and names the next step", async (error, step) => {
    const sent = await (await says({ ok: false, error })).send();
    expect(sent).toEqual({ ok: false, retryable: false, reason: expect.stringContaining(step) });
    expect(JSON.stringify(sent)).not.toContain(token);
  });

  test.each(["internal_error", "fatal_error", "service_unavailable", "ratelimited"])(
    "%s passes",
    async (error) => {
      expect(await (await says({ ok: false, error })).send()).toMatchObject({ retryable: true });
    },
  );

  test("a pause it asks for is honoured, and waited for by nobody here", async () => {
    const slack = await says({ ok: false, error: "ratelimited" }, 429, { "retry-after": "47" });
    expect(await slack.send()).toMatchObject({ ok: false, retryable: true, retryAfterMs: 47_000 });
    expect(slack.received).toHaveLength(1);
  });

  test("a server that fails is tried again by the outbox, not here", async () => {
    const slack = await says({}, 503);
    expect(await slack.send()).toMatchObject({ ok: false, retryable: true });
    expect(slack.received).toHaveLength(1);
  });

  test("what answers without being Slack is not repeated to the reader", async () => {
    const slack = await answering((response) => response.end("<html>internal page</html>"));
    const sent = await slack.send();
    expect(sent).toMatchObject({ ok: false, retryable: true });
    expect(JSON.stringify(sent)).not.toContain("internal page");
  });

  test("a redirect is not followed with the token", async () => {
    const other = await says({ ok: true, ts: "1.2" });
    const slack = await answering((response) => response.writeHead(302, { location: other.url }).end());
    expect(await slack.send()).toMatchObject({ ok: false, retryable: false });
    expect(other.received).toHaveLength(0);
  });

  test("an API at an inside address that nobody named is refused", async () => {
    const slack = await says({ ok: true, ts: "1.2" });
    const channel = openSlackBot({ channel: "#a" }, { token }, { apiUrl: slack.url, allowed: [] });
    expect(await channel.send(testMessage(), null)).toMatchObject({ ok: false, retryable: false });
    expect(slack.received).toHaveLength(0);
  });

  test("where the thread's first message is gone, a new thread begins", async () => {
    const slack = await answering((response, { body }) =>
      response.end(
        JSON.stringify(
          body.includes("thread_ts") ? { ok: false, error: "thread_not_found" } : { ok: true, ts: "7.8" },
        ),
      ),
    );
    expect(await slack.send(testMessage(), "1.2")).toEqual({ ok: true, thread: "7.8" });
  });

  test.each([
    [404, "no_service", false, "make a new one"],
    [410, "channel_is_archived", false, "archived"],
    [403, "action_prohibited", false, "administrator"],
    [400, "invalid_payload", false, "answered 400"],
    [429, "", true, "tried again"],
    [500, "rollup_error", true, "tried again"],
  ])("a webhook's %i %s", async (status, body, retryable, words) => {
    const receiver = await startReceiver((response) =>
      response.writeHead(status, { "retry-after": "5" }).end(body),
    );
    opened.push(receiver);
    const sent = await openSlackWebhook({ url: `${receiver.url}/services/T0/B0/hidden` }, allowed).send(
      testMessage(),
      null,
    );
    expect(sent).toMatchObject({ ok: false, retryable, reason: expect.stringContaining(words) });
    expect(JSON.stringify(sent)).not.toContain("hidden");
    if (retryable) expect(sent).toMatchObject({ retryAfterMs: 5000 });
  });
});

describe("hostile text", () => {
  test("no mention, link or format in it comes to life", async () => {
    const slack = await says({ ok: true, ts: "1.2" });
    await slack.send(
      testMessage({
        title: "<!channel> <https://evil.example|Log in> & @here",
        what: "<@U012345> *bold* <#C1|x>\u202E\u0000",
        who: "<!subteam^S1>",
        environment: "prod|<!everyone>",
      }),
    );
    const sent = new URLSearchParams(slack.received[0]?.body);
    for (const name of ["text", "blocks"])
      expect(sent.get(name)).not.toMatch(/<[!@#]|<https:\/\/evil|@here|\u202E|\\u0000/);
    expect(sent.get("text")).toContain(
      "&lt;!channel&gt; &lt;https://evil.example|Log in&gt; &amp; @\u2060here",
    );
    expect(sent.get("mrkdwn")).toBe("false");
    expect(sent.get("parse")).toBe("none");
    const blocks = JSON.parse(sent.get("blocks") ?? "[]") as { text?: { type: string } }[];
    expect(blocks.flatMap((block) => block.text?.type ?? [])).toEqual([
      "plain_text",
      "plain_text",
      "plain_text",
    ]);
  });

  test("the longest message fits what Slack takes", async () => {
    const slack = await says({ ok: true, ts: "1.2" });
    await slack.send(
      testMessage({ title: "&".repeat(300), what: "<".repeat(2000), who: "\u{1F600}".repeat(150) }),
    );
    const blocks = JSON.parse(new URLSearchParams(slack.received[0]?.body).get("blocks") ?? "[]");
    for (const block of blocks) {
      if (!block.text) continue;
      expect(block.text.text.length).toBeLessThanOrEqual(block.type === "header" ? 150 : 3000);
      expect(block.text.text).not.toMatch(/&(?!amp;|lt;|gt;)/);
    }
  });
});
