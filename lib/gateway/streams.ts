import type { IncomingMessage, ServerResponse } from "node:http";
import { authenticateAgent } from "../auth/agent-tokens.ts";
import { signedInBy } from "../auth/cookie.ts";
import { contextFor } from "../auth/organization-context.ts";
import { keepSeen } from "../clusters/mark-seen.ts";
import { env } from "../env.ts";
import type { Listener } from "../events.ts";
import { log } from "../log.ts";
import type { LiveEvent } from "../organizations/schemas.ts";
import type { Hint } from "../protocol/hint.ts";
import { listSuspensions } from "../suspensions/list-suspensions.ts";
import { Recent } from "./recent.ts";

const commentEveryMs = 15_000;
/** An agent's stream is renewed this often: one whose other side froze or lost its network cannot pass for alive. */
const renewEveryMs = 30_000;
/** Hints that came while a stream was being renewed are sent to the new one; hearing one twice is harmless. */
const replayMs = 5000;
/** A page was made some time before its stream began: what came in between is told to it first. */
const rememberedMs = 30_000;
/** The clocks of two processes may be so far apart. */
const clocksMs = 1000;

/** The open server-sent event streams of this process: ended together when it shuts down. */
export class Streams {
  #open = new Set<() => void>();
  #listener: Listener;

  #hints = new Recent<{ clusterId: string; hint: Hint }>(replayMs);
  #live = new Recent<{ organizationId: string; event: LiveEvent }>(rememberedMs);

  constructor(listener: Listener) {
    this.#listener = listener;
    listener.on("hint", (clusterId, hint) => this.#hints.add({ clusterId, hint }));
    listener.on("live", (organizationId, events) => {
      for (const event of events) this.#live.add({ organizationId, event });
    });
    listener.on("gap", () => this.#live.forget());
  }

  /** An agent's hints, and what people have suspended; the stream is its heartbeat, and ends when its token is revoked. */
  async hints(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const agent = await authenticateAgent(request.headers.authorization);
    await keepSeen(agent);
    const send = begin(response);
    const onHint = (clusterId: string, hint: Hint) => {
      if (clusterId === agent.clusterId) send("hint", hint);
    };
    // What was missed while the database was away is made up for by one look at everything.
    const onGap = () => {
      send("hint", { reason: "push" } satisfies Hint);
      tellSuspensions();
    };
    // Read one after the other, so that the set sent last is the newest; an agent without one would not know.
    let telling = Promise.resolve();
    const tellSuspensions = () => {
      telling = telling.then(async () => {
        try {
          send("suspensions", await listSuspensions(agent));
        } catch (err) {
          log().warn({ err }, "hints: the suspensions could not be read; the agent comes again");
          end();
        }
      });
    };
    const onSuspensions = (clusterId: string) => {
      if (clusterId === agent.clusterId) tellSuspensions();
    };
    this.#listener.on("hint", onHint).on("gap", onGap).on("suspensions", onSuspensions);
    for (const { what } of this.#hints.after(Date.now() - replayMs)) onHint(what.clusterId, what.hint);
    const renewal = setTimeout(() => end(), Math.max(renewEveryMs, 2 * env().REPORT_INTERVAL_MS));
    const beat = setInterval(
      () => {
        keepSeen(agent).then(
          (valid) => valid || end(),
          (err) => log().warn({ err }, "hints: the heartbeat could not be written down"),
        );
      },
      Math.min(env().REPORT_INTERVAL_MS, commentEveryMs),
    );
    const end = this.#track(response, () => {
      clearInterval(beat);
      clearTimeout(renewal);
      this.#listener.off("hint", onHint).off("gap", onGap).off("suspensions", onSuspensions);
    });
    tellSuspensions();
  }

  /**
   * A browser's live events of one organization: ids only, each with when it was said. Begins with those of after
   * `since` (ms), or with `gap` where they are not known any more. Ends when the session does.
   */
  async events(
    request: IncomingMessage,
    response: ServerResponse,
    { organization, since }: { organization: string; since: number },
  ): Promise<void> {
    const cookie = request.headers.cookie;
    const { organizationId } = contextFor(await signedInBy(cookie), organization, null);
    const send = begin(response);
    const onLive = (where: string, events: LiveEvent[]) => {
      if (where !== organizationId) return;
      for (const event of events) send(null, { ...event, at: Date.now() });
      // A change of who may be here is looked at before the clock says so.
      if (events.some(({ topic }) => topic === "member")) check();
    };
    // Something may have been missed: the page comes again, and asks for all it shows.
    const onGap = () => end();
    if (since < this.#live.completeSince) send("gap", {});
    for (const { what, at } of this.#live.after(since - clocksMs))
      if (what.organizationId === organizationId) send(null, { ...what.event, at });
    this.#listener.on("live", onLive).on("gap", onGap);
    const check = () => {
      signedInBy(cookie)
        .then((signedIn) => contextFor(signedIn, organization, null))
        .catch(() => end());
    };
    const checks = setInterval(check, commentEveryMs);
    const end = this.#track(response, () => {
      clearInterval(checks);
      this.#listener.off("live", onLive).off("gap", onGap);
    });
  }

  /** Ends every stream; the other side connects again, to another process. */
  close(): void {
    for (const end of [...this.#open]) end();
  }

  #track(response: ServerResponse, release: () => void): () => void {
    const comment = setInterval(() => response.write(": still here\n\n"), commentEveryMs);
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      clearInterval(comment);
      release();
      this.#open.delete(end);
      response.end();
    };
    this.#open.add(end);
    response.on("close", end).on("error", end);
    if (response.destroyed) end();
    return end;
  }
}

/** A reader that cannot keep up is cut off rather than kept in memory; it will come again and ask afresh. */
const maxBufferedBytes = 1024 * 1024;

function begin(response: ServerResponse): (event: string | null, data: unknown) => void {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",
    "x-content-type-options": "nosniff",
  });
  response.write("retry: 1000\n: hello\n\n");
  return (event, data) => {
    if (response.writableLength > maxBufferedBytes) response.destroy();
    else response.write(`${event ? `event: ${event}\n` : ""}data: ${JSON.stringify(data)}\n\n`);
  };
}
