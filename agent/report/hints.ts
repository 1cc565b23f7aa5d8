import { createParser } from "eventsource-parser";
import { Hint, Suspensions } from "../../lib/protocol/hint.ts";
import type { Log } from "../log.ts";
import { backoff } from "./backoff.ts";
import type { Transport } from "./transport.ts";

/** A stream that says nothing for this long, not even a heartbeat comment, is dead. */
const SILENCE_MS = 45_000;
/** A set of 5000 suspensions with the longest of reasons fits. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Listens for hints and suspensions until stopped: reconnects with growing pauses, and drops a connection that has died
 * without a word. `connected` fires at each (re)connection: whoever waits for the server need not wait on.
 */
export function listenForHints(options: {
  transport: Transport;
  log: Log;
  onHint: (hint: Hint) => void;
  onSuspensions?: (set: Suspensions) => void;
  connected?: () => void;
  silenceMs?: number;
}): { stop: () => void } {
  const stopping = new AbortController();
  const pause = backoff({ firstMs: 500, mostMs: 30_000 });

  const listen = async () => {
    while (!stopping.signal.aborted) {
      const connection = new AbortController();
      const stop = () => connection.abort();
      stopping.signal.addEventListener("abort", stop);
      const stream = await options.transport.hints(connection.signal);
      if (stream.ok) {
        options.connected?.();
        pause.reset();
        await consume(stream.data, connection, options);
      } else if (!stopping.signal.aborted) {
        options.log.debug({ reason: stream.error.message }, "no stream of hints");
      }
      stopping.signal.removeEventListener("abort", stop);
      connection.abort();
      await pause.wait(stopping.signal);
    }
  };
  const done = listen();
  return {
    stop() {
      stopping.abort();
      void done;
    },
  };
}

async function consume(
  chunks: AsyncIterable<Buffer>,
  connection: AbortController,
  options: Pick<Parameters<typeof listenForHints>[0], "log" | "onHint" | "onSuspensions" | "silenceMs">,
): Promise<void> {
  const silenceMs = options.silenceMs ?? SILENCE_MS;
  const parser = createParser({
    maxBufferSize: MOST_BYTES,
    onEvent: ({ event, data }) => {
      if (event === "suspensions") {
        // Half a set would lift what it lacks: one that cannot be read changes nothing.
        const set = parsed(Suspensions, data);
        if (set) options.onSuspensions?.(set);
        else options.log.warn("what people have suspended could not be read; what was known stays in force");
        return;
      }
      const hint = parsed(Hint, data);
      if (hint) options.onHint(hint);
    },
  });
  const silence = setTimeout(() => connection.abort(), silenceMs);
  const decoder = new TextDecoder();
  try {
    for await (const chunk of chunks) {
      silence.refresh();
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
  } catch (error) {
    options.log.debug({ reason: (error as Error).message }, "the stream of hints broke");
  } finally {
    clearTimeout(silence);
  }
}

function parsed<T>(schema: { safeParse(value: unknown): { data?: T } }, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
