import { EventEmitter } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import type { Transaction } from "./db.ts";
import { log, occasionally } from "./log.ts";
import type { LiveEvent } from "./organizations/schemas.ts";
import type { Hint } from "./protocol/hint.ts";

type Notification =
  | { kind: "live"; organizationId: string; events: LiveEvent[] }
  | { kind: "hint"; organizationId: string; clusterId: string; hint: Hint }
  | { kind: "suspensions"; organizationId: string; clusterId: string };

const channel = "plumbline";
/** PostgreSQL takes 8000 bytes a notification. */
const eventsPerNotification = 80;

/** Tells every open page of an organization, when the transaction commits, which things changed: ids only. */
export async function notifyLive(
  tx: Transaction,
  organizationId: string,
  events: LiveEvent[],
): Promise<void> {
  for (let start = 0; start < events.length; start += eventsPerNotification)
    await notify(tx, {
      kind: "live",
      organizationId,
      events: events.slice(start, start + eventsPerNotification),
    });
}

/** Tells a cluster's agent, when the transaction commits, to look now. */
export function notifyHint(
  tx: Transaction,
  organizationId: string,
  clusterId: string,
  hint: Hint,
): Promise<void> {
  return notify(tx, { kind: "hint", organizationId, clusterId, hint });
}

/** Tells a cluster's stream, when the transaction commits, that its set of suspensions is another one. */
export function notifySuspensions(tx: Transaction, organizationId: string, clusterId: string): Promise<void> {
  return notify(tx, { kind: "suspensions", organizationId, clusterId });
}

async function notify(tx: Transaction, notification: Notification): Promise<void> {
  const payload = JSON.stringify(notification);
  await tx.$queryRaw`select pg_notify(${channel}, ${payload})::text`;
}

/** One connection that hears what any process of the control plane has committed, and says so by name. */
export class Listener extends EventEmitter<{
  live: [string, LiveEvent[]];
  hint: [string, Hint];
  suspensions: [string];
  gap: [];
}> {
  #url: string;
  #client: pg.Client | null = null;
  #stopped = false;

  constructor(databaseUrl: string) {
    super();
    this.#url = databaseUrl;
    this.setMaxListeners(0);
  }

  /** Connects, and from then on reconnects by itself; after a loss it emits `gap`, as something may have been missed. */
  async start(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url, keepAlive: true });
    let lost = false;
    const onLost = () => {
      if (lost || this.#stopped) return;
      lost = true;
      void this.#reconnect();
    };
    client.on("error", onLost);
    client.on("end", onLost);
    client.on("notification", ({ payload }) => this.#hear(payload));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
    } catch (error) {
      lost = true;
      await client.end().catch(() => {});
      throw error;
    }
    this.#client = client;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.removeAllListeners();
    await this.#client?.end().catch(() => {});
  }

  async #reconnect(): Promise<void> {
    const complain = occasionally((err) =>
      log().warn({ err }, "live events: the database connection is lost; trying again"),
    );
    for (let delayMs = 100; !this.#stopped; delayMs = Math.min(delayMs * 2, 5000)) {
      try {
        await this.start();
        this.emit("gap");
        return;
      } catch (err) {
        complain(err);
        await wait(delayMs, undefined, { ref: false });
      }
    }
  }

  #hear(payload: string | undefined) {
    if (!payload) return;
    const heard = JSON.parse(payload) as Notification;
    if (heard.kind === "live") this.emit("live", heard.organizationId, heard.events);
    else if (heard.kind === "hint") this.emit("hint", heard.clusterId, heard.hint);
    else this.emit("suspensions", heard.clusterId);
  }
}
