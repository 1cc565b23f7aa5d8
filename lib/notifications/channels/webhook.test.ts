import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterEach, expect, test, vi } from "vitest";
import { testMessage } from "./test-message.ts";
import { startReceiver } from "./test-receiver.ts";
import { openWebhook, outcomeOf } from "./webhook.ts";

const signingSecret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const opened: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const each of opened.splice(0)) await each.close();
});

async function webhook(status = 204, headers: Record<string, string> = {}) {
  const receiver = await startReceiver((response) => response.writeHead(status, headers).end("not for you"));
  opened.push(receiver);
  const channel = openWebhook({ url: `${receiver.url}/hook?key=hidden`, signingSecret }, ["127.0.0.0/8"]);
  const sent = await channel.send(testMessage(), null);
  const [first] = receiver.received;
  if (!first) throw new Error("nothing was received");
  return { sent, ...first, signed: first.headers as Record<string, string> };
}

test("a receiver verifies it with the library of the standard, and gets the whole message with its type", async () => {
  const { sent, body, signed, path } = await webhook();
  expect(sent).toEqual({ ok: true, thread: null });
  expect(path).toBe("/hook?key=hidden");
  expect(new Webhook(signingSecret).verify(body, signed)).toEqual({
    type: "plumbline.diff",
    ...testMessage(),
  });
  expect(signed["webhook-id"]).toBe(testMessage().id);
});

test("the signature is HMAC-SHA256 over id, timestamp and body", async () => {
  const { body, signed } = await webhook();
  const toSign = `${signed["webhook-id"]}.${signed["webhook-timestamp"]}.${body}`;
  const expected = createHmac("sha256", Buffer.alloc(32, 7)).update(toSign).digest("base64");
  expect(signed["webhook-signature"]).toBe(`v1,${expected}`);
});

test("a body, an id, a time or a secret that is another one does not verify", async () => {
  const { body, signed } = await webhook();
  const verifier = new Webhook(signingSecret);
  const other = new Webhook(`whsec_${Buffer.alloc(32, 8).toString("base64")}`);
  expect(() => verifier.verify(body.replace("production", "staging"), signed)).toThrow(
    "No matching signature",
  );
  expect(() => verifier.verify(body, { ...signed, "webhook-id": "another" })).toThrow(
    "No matching signature",
  );
  const later = String(Number(signed["webhook-timestamp"]) + 1);
  expect(() => verifier.verify(body, { ...signed, "webhook-timestamp": later })).toThrow(
    "No matching signature",
  );
  expect(() => other.verify(body, signed)).toThrow("No matching signature");
});

test("a recorded delivery is refused once it is older than five minutes", async () => {
  const { body, signed } = await webhook();
  const sentAt = Number(signed["webhook-timestamp"]) * 1000;
  vi.useFakeTimers({ toFake: ["Date"], now: sentAt + 299_000 });
  expect(new Webhook(signingSecret).verify(body, signed)).toBeTruthy();
  vi.setSystemTime(sentAt + 302_000);
  expect(() => new Webhook(signingSecret).verify(body, signed)).toThrow("too old");
});

test.each([200, 201, 202, 204])("%i is delivered", async (status) => {
  expect((await webhook(status)).sent).toEqual({ ok: true, thread: null });
});

test.each([408, 425, 429, 500, 502, 503, 504])("%i is tried again", async (status) => {
  expect((await webhook(status)).sent).toMatchObject({ ok: false, retryable: true });
});

test.each([400, 401, 403, 404, 405, 410, 413, 422])("%i is not tried again", async (status) => {
  const { sent } = await webhook(status);
  expect(sent).toMatchObject({ ok: false, retryable: false });
  expect(sent).not.toHaveProperty("retryAfterMs");
});

test("410 says that the receiver wants no more", async () => {
  expect((await webhook(410)).sent).toMatchObject({ reason: expect.stringContaining("wants no more") });
});

test("a reason names the host, not the address, and nothing that the receiver wrote", async () => {
  for (const status of [400, 410, 500]) {
    const { sent } = await webhook(status);
    const reason = sent.ok ? "" : sent.reason;
    expect(reason).toMatch(/^127\.0\.0\.1:\d+ answered/);
    expect(reason).not.toMatch(/hidden|not for you|whsec/);
  }
});

test("Retry-After is honoured in seconds and as a date, within a day", async () => {
  expect((await webhook(503, { "retry-after": "120" })).sent).toMatchObject({ retryAfterMs: 120_000 });
  const now = Date.parse("2026-11-20T14:00:00Z");
  const after = (value: string) =>
    outcomeOf(
      { ok: true, status: 429, headers: { "retry-after": value }, body: "" },
      "receiver.example",
      now,
    );
  expect(after("Fri, 20 Nov 2026 14:01:30 GMT")).toMatchObject({ retryAfterMs: 90_000 });
  expect(after("Fri, 20 Nov 2026 13:00:00 GMT")).toMatchObject({ retryAfterMs: 0 });
  expect(after("99999999999")).toMatchObject({ retryAfterMs: 86_400_000 });
  expect(after("soon")).not.toHaveProperty("retryAfterMs");
});

test("hostile text arrives as text: the JSON is whole and says the same", async () => {
  const receiver = await startReceiver((response) => response.end());
  opened.push(receiver);
  const hostile = testMessage({ what: '"}\r\nX-Evil: 1\u0000\u202E</script>\uD800', title: "a\nb" });
  await openWebhook({ url: receiver.url, signingSecret }, ["127.0.0.1"]).send(hostile, null);
  const [got] = receiver.received;
  expect(got?.headers).not.toHaveProperty("x-evil");
  const body = new Webhook(signingSecret).verify(got?.body ?? "", got?.headers as Record<string, string>);
  expect(body).toMatchObject({ what: hostile.what, title: "a\nb" });
});
