import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { AppError } from "../errors.ts";
import { verifyWebhookSignature } from "../git-hosts/index.ts";
import { webhookSecrets } from "../github-app/find-app.ts";
import { recordDelivery } from "../webhooks/record-delivery.ts";
import { parseJson, readBody } from "./body.ts";

/** GitHub sends at most 25 MB. */
const maxBytes = 25 * 1024 * 1024;
/** What is read of a request that cannot be signed, so that its connection can be used again. */
const unsignedBytes = 64 * 1024;

/** Takes one GitHub webhook: believed by its signature over the raw bytes, written down once, handled by a job. */
export async function answerWebhook(
  request: IncomingMessage,
): Promise<{ status: "accepted" | "duplicate" | "ignored" }> {
  const secrets = await webhookSecrets();
  if (secrets.length === 0)
    throw new AppError("not-found", "Webhooks are not set up here; set GITHUB_WEBHOOK_SECRET.");
  if (request.method !== "POST") throw new AppError("invalid", "Send webhooks as POST.");
  if (header(request, "content-encoding"))
    throw new AppError("invalid", "Webhooks are signed as they are sent: without a content encoding.");
  const signature = header(request, "x-hub-signature-256");
  const signed = /^sha256=[0-9a-f]{64}$/.test(signature ?? "");
  // Whoever brings nothing that could be a signature is not listened to for long.
  const bytes = signed ? maxBytes : unsignedBytes;
  const body = await readBody(request, { wireBytes: bytes, bytes }).catch((error: unknown) => {
    throw signed ? error : refused();
  });
  if (!secrets.some((secret) => verifyWebhookSignature(secret, body, signature))) throw refused();
  const id = header(request, "x-github-delivery");
  const event = header(request, "x-github-event");
  if (!id || !event || id.length > 200 || event.length > 200)
    throw new AppError("invalid", "The webhook lacks its X-GitHub-Delivery or X-GitHub-Event header.");
  const form = header(request, "content-type")?.startsWith("application/x-www-form-urlencoded");
  const json = form ? Buffer.from(new URLSearchParams(body.toString("utf8")).get("payload") ?? "") : body;
  const bodyDigest = createHash("sha256").update(body).digest("hex");
  return recordDelivery({ id, event, bodyDigest, payload: parseJson(json) });
}

const refused = () =>
  new AppError("unauthenticated", "The webhook's signature is not ours; check the secret on the Git host.");

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
