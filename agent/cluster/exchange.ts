import type { Dispatcher } from "undici";

/** A request that is answered whole. */
export type Asked = {
  /** Scheme, host and port; `path` is everything behind them. */
  origin: string;
  path: string;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
  /** Without a byte. */
  timeoutMs: number;
  signal: AbortSignal | undefined;
};

export type Answer = {
  statusCode: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
};

/**
 * Sends a request and reads its answer, by undici's own dispatch: the streams that its `request` makes cost more
 * than all the rest of a small answer. `received` hears of the bytes so far, and ends it by throwing.
 */
export function exchange(
  dispatcher: Dispatcher,
  asked: Asked,
  received: (bytes: number) => void,
): Promise<Answer> {
  const { origin, path, method, headers, body, timeoutMs, signal } = asked;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const chunks: Buffer[] = [];
    let bytes = 0;
    let statusCode = 0;
    let answered: Answer["headers"] = {};
    let controller: Dispatcher.DispatchController | undefined;
    const abort = () => {
      controller?.abort(signal?.reason);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    dispatcher.dispatch(
      { origin, path, method, headers, body, headersTimeout: timeoutMs, bodyTimeout: timeoutMs },
      {
        onRequestStart(started) {
          controller = started;
          if (signal?.aborted) started.abort(signal.reason);
        },
        onResponseStart(_, status, more) {
          statusCode = status;
          answered = more;
        },
        onResponseData(started, chunk) {
          chunks.push(chunk);
          bytes += chunk.length;
          try {
            received(bytes);
          } catch (error) {
            started.abort(error as Error);
          }
        },
        onResponseEnd() {
          signal?.removeEventListener("abort", abort);
          const [only] = chunks;
          const whole = only && chunks.length === 1 ? only : Buffer.concat(chunks);
          resolve({ statusCode, headers: answered, text: whole.toString("utf8") });
        },
        onResponseError(_, error) {
          signal?.removeEventListener("abort", abort);
          reject(error);
        },
      },
    );
  });
}
