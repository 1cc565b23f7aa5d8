import type { Json, JsonMap, KubeObject } from "./json.ts";
import type { ResourceType } from "./resources.ts";
import { fieldSelector, labelSelector, type Selector } from "./selectors.ts";
import { badRequest, gone } from "./status.ts";
import type { Store } from "./store.ts";
import { asVersion } from "./writes.ts";

/** What both list and watch select by. */
export function selectorOf(query: URLSearchParams): Selector {
  const byLabel = labelSelector(query.get("labelSelector"));
  const byField = fieldSelector(query.get("fieldSelector"));
  return (object) => byLabel(object) && byField(object);
}

/** Pages started earlier, so that all pages of one list show the same moment. */
const pages = new Map<string, { store: Store; version: number; rest: KubeObject[] }>();
const MAX_OPEN_PAGES = 100;

/** Answers a list: a whole one, or a page of it with `limit` and `continue`. */
export function listObjects(
  store: Store,
  type: ResourceType,
  namespace: string,
  query: URLSearchParams,
): JsonMap {
  const selected = selectorOf(query);
  const token = query.get("continue");
  const limit = Number(query.get("limit") ?? 0);
  let version = store.version;
  let items: KubeObject[];
  if (token) {
    const page = pages.get(token);
    if (!page || page.store !== store) {
      throw gone(
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.",
      );
    }
    ({ version, rest: items } = page);
  } else {
    checkListVersion(query, version);
    items = store.list(type.storage, namespace || undefined).filter(selected);
  }
  const metadata: JsonMap = { resourceVersion: String(version) };
  if (limit > 0 && items.length > limit) {
    const rest = items.slice(limit);
    items = items.slice(0, limit);
    metadata.continue = openPage(store, version, rest);
    metadata.remainingItemCount = rest.length;
  }
  const shown = items.map((item) => asVersion(item, type));
  // A typed list leaves out each item's own kind; custom resources keep theirs.
  const bare = type.custom ? shown : shown.map(({ apiVersion: _v, kind: _k, ...rest }) => rest);
  return { kind: `${type.kind}List`, apiVersion: type.apiVersion, metadata, items: bare as Json };
}

function checkListVersion(query: URLSearchParams, version: number): void {
  const wanted = query.get("resourceVersion");
  if (!wanted) return;
  if (!/^\d+$/.test(wanted))
    throw badRequest(
      `Invalid value: ${JSON.stringify(wanted)}: strconv.ParseUint: parsing ${JSON.stringify(wanted)}: invalid syntax`,
    );
  if (query.get("resourceVersionMatch") === "Exact" && Number(wanted) < version) {
    throw gone(`The provided resource version ${wanted} is no longer kept`);
  }
}

function openPage(store: Store, version: number, rest: KubeObject[]): string {
  const token = Buffer.from(
    JSON.stringify({ v: "meta.k8s.io/v1", rv: version, start: pageCount++ }),
  ).toString("base64url");
  pages.set(token, { store, version, rest });
  const oldest = pages.keys().next().value;
  if (pages.size > MAX_OPEN_PAGES && oldest !== undefined) pages.delete(oldest);
  return token;
}

let pageCount = 0;
