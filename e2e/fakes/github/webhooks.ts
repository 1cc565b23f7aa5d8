import { createHmac, randomUUID } from "node:crypto";

/** Where deliveries go and the secret they are signed with. */
export interface WebhookTarget {
  url: string;
  secret: string;
}

/** One delivery and how it ended; `status` 0 means that nobody answered. */
export interface Delivery {
  id: string;
  event: string;
  url: string;
  payload: Record<string, unknown>;
  status: number;
}

/** Signs and sends webhooks as GitHub does: once each, in order per target, in the background. */
export class WebhookSender {
  readonly deliveries: Delivery[] = [];
  #queue: Promise<unknown> = Promise.resolve();
  readonly #log: (line: string) => void;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** Queues one delivery and answers how it ended. */
  send(target: WebhookTarget, event: string, payload: Record<string, unknown>): Promise<Delivery> {
    const sent = this.#queue.then(() => this.#post(target, event, payload));
    this.#queue = sent;
    return sent;
  }

  /** Resolves when everything queued so far has been delivered or has failed. */
  async settled(): Promise<void> {
    await this.#queue;
  }

  async #post(target: WebhookTarget, event: string, payload: Record<string, unknown>): Promise<Delivery> {
    const body = JSON.stringify(payload);
    const delivery: Delivery = { id: randomUUID(), event, url: target.url, payload, status: 0 };
    try {
      const answer = await fetch(target.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "GitHub-Hookshot/plumbline",
          "x-github-event": event,
          "x-github-delivery": delivery.id,
          "x-hub-signature-256": `sha256=${createHmac("sha256", target.secret).update(body).digest("hex")}`,
        },
        body,
        signal: AbortSignal.timeout(10_000),
      });
      delivery.status = answer.status;
      await answer.arrayBuffer();
    } catch (error) {
      this.#log(`webhook ${event} to ${target.url} was not delivered: ${(error as Error).message}`);
    }
    this.deliveries.push(delivery);
    if (this.deliveries.length > 500) this.deliveries.shift();
    return delivery;
  }
}
