import { MOST_EVENTS, type ObjectEvent, objectKey, type ResourceStatus } from "../lib/protocol/object.ts";
import { ApiError, type Cluster } from "./cluster/index.ts";
import type { KubeObject } from "./object.ts";
import { clip } from "./report/shrink.ts";

const EVENTS = {
  ...{ group: "", version: "v1", kind: "Event", plural: "events" },
  ...{ namespaced: true, verbs: ["list"] },
};
/** Warnings read of one namespace at once. */
const PAGE = 500;
/** One answer serves all environments of a namespace for this long. */
const SHARED_MS = 5000;
/** A refusal is not asked about again for this long. */
const REFUSED_MS = 10 * 60_000;
/** What is unwell for a moment only is asked nothing about; what stays so is asked about less and less often. */
const FIRST_MS = 3000;
const SECOND_MS = 15_000;
const LONGEST_MS = 5 * 60_000;
const MOST_NAMESPACES = 20;

/** The warnings of one namespace by `Kind/name` of what they are about. */
export type Warnings = (namespace: string) => Promise<ReadonlyMap<string, ObjectEvent[]>>;

/** Reads a namespace's warnings with one request; where that is refused, there are none. Nothing is masked yet. */
export function readWarnings(cluster: Pick<Cluster, "listPage">, now: () => number = Date.now): Warnings {
  const answers = new Map<string, { until: number; found: ReturnType<Warnings> }>();
  return (namespace) => {
    for (const [name, { until }] of answers) if (until <= now()) answers.delete(name);
    const known = answers.get(namespace);
    if (known) return known.found;
    const entry = { until: now() + SHARED_MS, found: list(cluster, namespace) };
    answers.set(namespace, entry);
    entry.found = entry.found.catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 403) entry.until = now() + REFUSED_MS;
      return new Map();
    });
    return entry.found;
  };
}

async function list(cluster: Pick<Cluster, "listPage">, namespace: string) {
  const { items } = await cluster.listPage(EVENTS, namespace, { limit: PAGE, fieldSelector: "type!=Normal" });
  const found = new Map<string, ObjectEvent[]>();
  for (const event of items.map(eventOf))
    if (event) found.set(event.about, [...(found.get(event.about) ?? []), event]);
  return found;
}

function eventOf(event: KubeObject): ObjectEvent | null {
  const about = event.involvedObject as { kind?: unknown; name?: unknown } | undefined;
  const series = event.series as { count?: unknown; lastObservedTime?: unknown } | undefined;
  const times = [series?.lastObservedTime, event.lastTimestamp, event.eventTime, event.firstTimestamp];
  const at = times.find((time) => typeof time === "string" && !Number.isNaN(Date.parse(time)));
  if (typeof about?.kind !== "string" || typeof about.name !== "string" || typeof at !== "string")
    return null;
  const count = Number(series?.count ?? event.count ?? 1);
  return {
    about: `${about.kind}/${about.name}`.slice(0, 320),
    reason: String(event.reason ?? "").slice(0, 128),
    message: String(event.message ?? ""),
    count: Number.isSafeInteger(count) && count > 0 ? count : 1,
    at: new Date(at).toISOString(),
  };
}

/** What Kubernetes says of one environment's unwell objects, asked only while there are such. */
export type FollowedEvents = ReturnType<typeof followEvents>;

/** `heard` is told the keys of objects about which something else is known than before. */
export function followEvents(options: {
  warnings: Warnings;
  mask: (text: string) => string;
  heard: (keys: string[]) => void;
}) {
  const known = new Map<string, ObjectEvent[]>();
  let unwell: ResourceStatus[] = [];
  let asked = "";
  let waitMs = FIRST_MS;
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;

  const set = () => {
    if (timer || stopped || unwell.length === 0) return;
    timer = setTimeout(() => void look(), waitMs);
    timer.unref();
  };
  const clear = () => {
    if (timer) clearTimeout(timer);
    timer = null;
  };

  async function look(): Promise<void> {
    const mine = timer;
    const of = new Map<string, ReadonlyMap<string, ObjectEvent[]>>();
    for (const { ref } of unwell)
      if (!of.has(ref.namespace) && of.size < MOST_NAMESPACES)
        of.set(ref.namespace, await options.warnings(ref.namespace));
    // What is unwell has changed meanwhile, and is looked at by a timer of its own.
    if (stopped || timer !== mine) return;
    timer = null;
    const news = unwell.filter((status) => {
      const key = objectKey(status.ref);
      const now = eventsOf(status, of.get(status.ref.namespace), options.mask);
      if (JSON.stringify(now) === JSON.stringify(known.get(key) ?? [])) return false;
      known.set(key, now);
      return true;
    });
    waitMs = news.length > 0 || waitMs === FIRST_MS ? SECOND_MS : Math.min(waitMs * 2, LONGEST_MS);
    set();
    if (news.length > 0) options.heard(news.map(({ ref }) => objectKey(ref)));
  }

  return {
    /** The newest warnings about an object, masked. */
    about: (key: string): ObjectEvent[] | undefined => known.get(key),

    /** Takes note of the verdicts as they are now. */
    note(resources: readonly ResourceStatus[]): void {
      unwell = resources.filter(isUnwell);
      const keys = unwell.map(({ ref }) => objectKey(ref));
      const now = keys.join("\n");
      if (now === asked) return;
      asked = now;
      const kept = new Set(keys);
      for (const key of known.keys()) if (!kept.has(key)) known.delete(key);
      waitMs = FIRST_MS;
      clear();
      set();
    },

    stop(): void {
      stopped = true;
      clear();
    },
  };
}

const isUnwell = ({ ref, health }: ResourceStatus) =>
  ref.namespace !== "" && (health === "Degraded" || health === "Progressing");

/** The newest about the object itself and about its unwell children. */
function eventsOf(
  { ref, children = [] }: ResourceStatus,
  warnings: ReadonlyMap<string, ObjectEvent[]> | undefined,
  mask: (text: string) => string,
): ObjectEvent[] {
  const abouts = [
    `${ref.kind}/${ref.name}`,
    ...children.flatMap(({ kind, name, reason }) => (reason === undefined ? [] : [`${kind}/${name}`])),
  ];
  return abouts
    .flatMap((about) => warnings?.get(about) ?? [])
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
    .slice(0, MOST_EVENTS)
    .map((event) => ({ ...event, message: clip(mask(event.message), 500) ?? "" }));
}
