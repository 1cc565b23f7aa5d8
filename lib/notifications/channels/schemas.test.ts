import { describe, expect, test } from "vitest";
import { ChannelInput } from "./schemas.ts";

const accepts = (input: object) => ChannelInput.safeParse({ name: "On call", ...input }).success;
const webhook = (url: string) => accepts({ kind: "webhook", url });
const email = (...recipients: string[]) => accepts({ kind: "email", recipients });
const bot = (channel: string, token = "xoxb-12345-abcdef") => accepts({ kind: "slack-bot", channel, token });

describe("an address", () => {
  test.each([
    "https://receiver.example/hook?key=1",
    "https://receiver.example:8443",
    "http://localhost:8080/hook",
    "http://127.0.0.1:8080/hook",
    "http://[::1]:8080/hook",
  ])("%s is taken", (url) => expect(webhook(url)).toBe(true));

  test.each([
    "http://receiver.example/",
    "http://10.0.0.1/",
    "http://127.0.0.1.evil.example/",
    "ftp://receiver.example/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https:receiver.example",
    "https://",
    "https:///receiver.example",
    "https:\\\\receiver.example",
    "https://user:pass@receiver.example/",
    "https://user@receiver.example/",
    "https://receiver.example/#part",
    "https://receiver.example/a b",
    "https://receiver.example/\r\nX-Evil: 1",
    "https://receiver\u202E.example/",
    "https://[fe80::1%25eth0]/",
    `https://receiver.example/${"a".repeat(2048)}`,
    "",
  ])("%j is refused", (url) => expect(webhook(url)).toBe(false));
});

describe("recipients", () => {
  test("are e-mail addresses, each counted once", () => {
    const parsed = ChannelInput.parse({
      kind: "email",
      name: "x",
      recipients: ["a@example.com", "A@example.com", "b@example.com"],
    });
    expect(parsed).toMatchObject({ recipients: ["A@example.com", "b@example.com"] });
  });

  test("are fifty at most, and one at least", () => {
    const many = (n: number) => Array.from({ length: n }, (_, index) => `person${index}@example.com`);
    expect(email(...many(50))).toBe(true);
    expect(email(...many(51))).toBe(false);
    expect(email()).toBe(false);
  });

  test.each([
    "nobody",
    "a@",
    "@example.com",
    "a@example.com, b@example.com",
    "a@example.com\r\nBcc: eve@example.com",
    "Eve <eve@example.com>",
    "a b@example.com",
    "a@exam\u0000ple.com",
    `${"a".repeat(250)}@example.com`,
  ])("%j is refused", (address) => expect(email(address)).toBe(false));
});

describe("a Slack app", () => {
  test.each(["C0123456789", "G01ABCDEF", "#alerts", "alerts-eu_1", "#größe"])("posts to %s", (channel) =>
    expect(bot(channel)).toBe(true),
  );
  test.each(["", "#", "#Alerts", "a b", "#a\nb", "<!channel>", "#".concat("a".repeat(81))])(
    "does not post to %j",
    (channel) => expect(bot(channel)).toBe(false),
  );
  test.each([
    "",
    "xoxb-",
    "token",
    "xoxb-1234567 8",
    "xoxb-12345678\r\nHost: evil",
    `xoxb-${"a".repeat(300)}`,
  ])("has no token %j", (token) => expect(bot("#alerts", token)).toBe(false));
});

test.each([
  [16, false],
  [24, true],
  [32, true],
  [64, true],
  [65, false],
])("a signing secret of %i bytes", (bytes, good) => {
  const signingSecret = `whsec_${Buffer.alloc(bytes, 1).toString("base64")}`;
  expect(accepts({ kind: "webhook", url: "https://receiver.example/", signingSecret })).toBe(good);
});

test.each(["", "   ", "a\nb", "a\u202Eb", "a".repeat(81)])("the name %j is refused", (name) => {
  expect(accepts({ kind: "email", recipients: ["a@example.com"], name })).toBe(false);
});
