import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

/** A receiver of signed webhooks, as anybody would write one: what does not verify is refused. */
export type WebhookReceiver = {
  url: string;
  /** From now on requests must be signed with it; until then all are refused. */
  trust(signingSecret: string): void;
  /** What verified, in the order in which it came. */
  received: Record<string, unknown>[];
  /** How many did not. */
  refused(): number;
  stop(): Promise<void>;
};

/** Starts a verifying receiver on a free port of this machine. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  let webhook: Webhook | null = null;
  let refused = 0;
  const received: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      try {
        if (!webhook) throw new Error("No signing secret is known yet.");
        const body = Buffer.concat(chunks).toString("utf8");
        received.push(
          webhook.verify(body, request.headers as Record<string, string>) as Record<string, unknown>,
        );
        response.writeHead(204).end();
      } catch {
        refused += 1;
        response.writeHead(401).end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`,
    trust(signingSecret) {
      webhook = new Webhook(signingSecret);
    },
    received,
    refused: () => refused,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
