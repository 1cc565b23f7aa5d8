import { sign } from "@octokit/webhooks-methods";
import { expect, test } from "vitest";
import { verifyWebhookSignature } from "./webhook-signature.ts";

const body = Buffer.from('{"zen":"Hällo"}');

test("a signature made by GitHub's own library is accepted", async () => {
  expect(verifyWebhookSignature("hush", body, await sign("hush", body.toString()))).toBe(true);
});

test("another secret, another body, a malformed or missing header and an empty secret are refused", async () => {
  const good = await sign("hush", body.toString());
  expect(verifyWebhookSignature("other", body, good)).toBe(false);
  expect(verifyWebhookSignature("hush", Buffer.from("{}"), good)).toBe(false);
  expect(verifyWebhookSignature("hush", body, good.slice(0, -2))).toBe(false);
  expect(verifyWebhookSignature("hush", body, good.replace("sha256", "sha1"))).toBe(false);
  expect(verifyWebhookSignature("hush", body, undefined)).toBe(false);
  expect(verifyWebhookSignature("", body, await sign("x", body.toString()))).toBe(false);
});
