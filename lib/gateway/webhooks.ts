import type { IncomingMessage } from "node:http";
import { env } from "../env.ts";
import { AppError } from "../errors.ts";
import { verifyWebhookSignature } from "../git-hosts/index.ts";
import { recordDelivery } from "../webhooks/record-delivery.ts";
import { parseJson, readBody } from "./body.ts";

/** GitHub sends at most 25 MB. */
const maxBytes = 25 * 1024 * 1024;

/** Takes one GitHub webhook: believed by its signature over the raw bytes, written down once, handled by a job. */
export async function answerWebhook(
  request: IncomingMessage,
): Promise<{ status: "accepted" | "duplicate" | "ignored" }> {
  const secret = env().GITHUB_WEBHOOK_SECRET;
  if (!secret) throw new AppError("not-found", "Webhooks are not set up here; set GITHUB_WEBHOOK_SECRET.");
  if (request.method !== "POST") throw new AppError("invalid", "Send webhooks as POST.");
  const body = await readBody(request, { wireBytes: maxBytes, bytes: maxBytes });
  if (!verifyWebhookSignature(secret, body, header(request, "x-hub-signature-256")))
    throw new AppError(
      "unauthenticated",
      "The webhook's signature is not ours; check the secret on the Git host.",
    );
  const id = header(request, "x-github-delivery");
  const event = header(request, "x-github-event");
  if (!id || !event || id.length > 200)
    throw new AppError("invalid", "The webhook lacks its X-GitHub-Delivery or X-GitHub-Event header.");
  const form = header(request, "content-type")?.startsWith("application/x-www-form-urlencoded");
  const json = form ? Buffer.from(new URLSearchParams(body.toString("utf8")).get("payload") ?? "") : body;
  return recordDelivery({ id, event, payload: parseJson(json) });
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
