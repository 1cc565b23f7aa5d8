import { afterEach, expect, test } from "vitest";
import { parseEnv, setEnv } from "../../env.ts";
import { openChannel, refusalOf, storedChannel } from "./index.ts";
import { ChannelInput, ChannelKind, channelConfigs, channelSecrets, SigningSecret } from "./schemas.ts";
import { testMessage } from "./test-message.ts";
import { startReceiver } from "./test-receiver.ts";

const configure = (variables: Record<string, string> = {}) =>
  setEnv(
    parseEnv({
      DATABASE_URL: "postgresql://app@localhost/plumbline",
      PLUMBLINE_URL: "https://plumbline.example",
      PLUMBLINE_SECRET: "x".repeat(32),
      ...variables,
    }),
  );

const opened: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const inputs: Record<ChannelKind, ChannelInput> = {
  "slack-webhook": { kind: "slack-webhook", name: "a", url: "https://hooks.slack.com/services/T0/B0/hidden" },
  "slack-bot": { kind: "slack-bot", name: "b", channel: "#alerts", token: "xoxb-hidden-token" },
  webhook: { kind: "webhook", name: "c", url: "https://receiver.example/hidden" },
  email: { kind: "email", name: "d", recipients: ["oncall@example.com"] },
};

test.each(ChannelKind.options)(
  "%s is stored in two parts that are read again, the shown one without a secret",
  (kind) => {
    const { config, secret } = storedChannel(ChannelInput.parse(inputs[kind]));
    expect(channelConfigs[kind].parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
    expect(channelSecrets[kind].parse(JSON.parse(JSON.stringify(secret)))).toEqual(secret);
    expect(JSON.stringify(config)).not.toContain("hidden");
  },
);

test("a webhook without a signing secret gets one of its own", () => {
  const made = () => storedChannel(inputs.webhook).secret as { signingSecret: string };
  expect(SigningSecret.parse(made().signingSecret)).not.toBe(made().signingSecret);
});

test("a channel by e-mail is refused where there is no relay, when it is made and when it is used", async () => {
  configure();
  expect(refusalOf(inputs.email)).toContain("SMTP_URL");
  expect(
    await openChannel("email", { recipients: ["a@example.com"] }, null).send(testMessage(), null),
  ).toMatchObject({
    ok: false,
    retryable: false,
    reason: expect.stringContaining("SMTP_URL"),
  });
  configure({ SMTP_URL: "smtp://relay.example", SMTP_FROM: "Plumbline <alerts@example.com>" });
  expect(refusalOf(inputs.email)).toBeNull();
});

test("an address that is inside by itself is refused when the channel is made, unless it is named", () => {
  const input = ChannelInput.parse({ kind: "webhook", name: "x", url: "http://127.0.0.1:8080/" });
  configure();
  expect(refusalOf(input)).toContain("PLUMBLINE_ALLOW_PRIVATE_ADDRESSES");
  configure({ PLUMBLINE_ALLOW_PRIVATE_ADDRESSES: "10.0.0.0/8, 127.0.0.1" });
  expect(refusalOf(input)).toBeNull();
  for (const kind of ["slack-webhook", "slack-bot", "webhook"] as const)
    expect(refusalOf(inputs[kind])).toBeNull();
});

test("settings that cannot be read refuse the message and hold no secret", async () => {
  configure();
  const broken = openChannel(
    "webhook",
    {},
    { url: "https://receiver.example/hidden", signingSecret: "short" },
  );
  const sent = await broken.send(testMessage(), null);
  expect(sent).toMatchObject({ ok: false, retryable: false });
  expect(JSON.stringify(sent)).not.toContain("hidden");
});

test("a channel reaches what the configuration lets it reach", async () => {
  const receiver = await startReceiver((response) => response.end(JSON.stringify({ ok: true, ts: "1.2" })));
  opened.push(receiver);
  const { config, secret } = storedChannel(ChannelInput.parse({ ...inputs.webhook, url: receiver.url }));
  configure();
  expect(await openChannel("webhook", config, secret).send(testMessage(), null)).toMatchObject({ ok: false });
  expect(receiver.received).toHaveLength(0);
  // The operator's own choice of Slack's address needs no second naming.
  configure({ PLUMBLINE_ALLOW_PRIVATE_ADDRESSES: "127.0.0.0/8", SLACK_API_URL: `${receiver.url}/api` });
  expect(await openChannel("webhook", config, secret).send(testMessage(), null)).toMatchObject({ ok: true });
  configure({ SLACK_API_URL: `${receiver.url}/api` });
  const bot = storedChannel(inputs["slack-bot"]);
  expect(await openChannel("slack-bot", bot.config, bot.secret).send(testMessage(), null)).toEqual({
    ok: true,
    thread: "1.2",
  });
});

test.each([
  ["SMTP_URL", "http://relay.example"],
  ["SMTP_FROM", "a@b.example\r\nBcc: eve@example.com"],
  ["PLUMBLINE_ALLOW_PRIVATE_ADDRESSES", "10.0.0.0/99"],
  ["PLUMBLINE_ALLOW_PRIVATE_ADDRESSES", "10.0.0.0/8,not a host"],
])("%s is refused as %s", (name, value) => {
  expect(() => configure({ SMTP_FROM: "a@b.example", [name]: value })).toThrow(name);
});

test("a relay without a sender is refused at the start", () => {
  expect(() => configure({ SMTP_URL: "smtp://relay.example" })).toThrow("SMTP_FROM");
});
