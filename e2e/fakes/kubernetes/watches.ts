import type { JsonMap, KubeObject } from "./json.ts";
import { selectorOf } from "./lists.ts";
import type { ResourceType } from "./resources.ts";
import type { Selector } from "./selectors.ts";
import { ApiError, badRequest } from "./status.ts";
import type { Store, StoreEvent } from "./store.ts";
import { asVersion } from "./writes.ts";

/** One watch event on the wire. */
export interface WatchEvent extends JsonMap {
  type: string;
  object: JsonMap;
}

/** How long a watch lasts, and how often it says how far it has come. */
export interface WatchTimes {
  bookmarkMs: number;
  defaultTimeoutMs: number;
}

/**
 * Starts a watch and returns how to end it. Events arrive through `send`; `end` is called once when the watch
 * is over by itself. A version no longer kept is an ERROR event with 410, as a real API server answers.
 */
export function startWatch(
  store: Store,
  type: ResourceType,
  namespace: string,
  query: URLSearchParams,
  times: WatchTimes,
  send: (event: WatchEvent) => void,
  end: () => void,
): () => void {
  const selected = selectorOf(query);
  const inScope = (object: KubeObject): boolean => !namespace || object.metadata.namespace === namespace;
  const show = (event: StoreEvent): void => {
    const shown = eventFor(event, (object) => inScope(object) && selected(object), type);
    if (shown) send(shown);
  };
  const wanted = query.get("resourceVersion") ?? "";
  if (wanted && !/^\d+$/.test(wanted)) throw badRequest(`Invalid value: ${JSON.stringify(wanted)}`);
  const sendInitial = query.get("sendInitialEvents") === "true";
  const current = store.list(type.storage, namespace || undefined).filter(selected);
  try {
    if (wanted === "" || wanted === "0" || sendInitial) {
      for (const object of current) send({ type: "ADDED", object: asVersion(object, type) });
      if (sendInitial) send(bookmark(store, type, { "k8s.io/initial-events-end": "true" }));
    } else for (const event of store.since(type.storage, Number(wanted))) show(event);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    send({ type: "ERROR", object: error.toStatus() });
    end();
    return () => {};
  }
  const unsubscribe = store.subscribe((event) => {
    if (event.storage === type.storage) show(event);
  });
  const wantsBookmarks = query.get("allowWatchBookmarks") === "true";
  const bookmarks = wantsBookmarks
    ? setInterval(() => send(bookmark(store, type)), times.bookmarkMs).unref()
    : undefined;
  const seconds = Number(query.get("timeoutSeconds") ?? 0);
  const timeout = setTimeout(
    () => {
      if (wantsBookmarks) send(bookmark(store, type));
      stop();
      end();
    },
    seconds > 0 ? seconds * 1000 : times.defaultTimeoutMs,
  ).unref();
  const stop = (): void => {
    unsubscribe();
    clearInterval(bookmarks);
    clearTimeout(timeout);
  };
  return stop;
}

function bookmark(store: Store, type: ResourceType, annotations?: JsonMap): WatchEvent {
  const metadata: JsonMap = { resourceVersion: String(store.version), ...(annotations && { annotations }) };
  return { type: "BOOKMARK", object: { kind: type.kind, apiVersion: type.apiVersion, metadata } };
}

/** An object that comes into a selection is ADDED to the watcher, and one that leaves it DELETED. */
function eventFor(event: StoreEvent, selected: Selector, type: ResourceType): WatchEvent | undefined {
  const now = selected(event.object);
  const before = event.before ? selected(event.before) : false;
  const object = asVersion(event.object, type);
  if (event.type === "DELETED") return before ? { type: "DELETED", object } : undefined;
  if (now) return { type: before ? "MODIFIED" : "ADDED", object };
  return before ? { type: "DELETED", object } : undefined;
}
