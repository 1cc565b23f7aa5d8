const firstMs = 1000;
const longestMs = 15_000;

/**
 * A stream of server-sent events that comes back by itself, also where the server answered something else than a
 * stream: the browser gives up on that, and this does not. `onRefused` is asked whether to come again.
 */
export function openStream(
  url: string,
  on: {
    open: () => void;
    message: (data: string) => void;
    /** What happened before the stream began is not known any more. */
    gap: () => void;
    lost: () => void;
    refused: () => Promise<boolean>;
  },
): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = firstMs;
  let closed = false;
  const connect = () => {
    source = new EventSource(url);
    source.onopen = () => {
      waitMs = firstMs;
      on.open();
    };
    source.onmessage = (message) => on.message(message.data);
    source.addEventListener("gap", on.gap);
    source.onerror = () => {
      on.lost();
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(again, waitMs);
      waitMs = Math.min(waitMs * 2, longestMs);
    };
  };
  const again = async () => {
    if ((await on.refused()) && !closed) connect();
  };
  const online = () => {
    if (source.readyState === EventSource.OPEN) return;
    clearTimeout(timer);
    source.close();
    connect();
  };
  addEventListener("online", online);
  connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    removeEventListener("online", online);
    source.close();
  };
}
