import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Report } from "../../lib/protocol/report.ts";
import { type DurableText, openDurableText } from "../durable-file.ts";
import { type Journal, openJournal } from "../journal.ts";
import { mergeReports } from "./merge.ts";
import { hasDetail, withoutDetail } from "./shrink.ts";

/** Where one queued report stands; its body is in the journal. */
type Entry = {
  environment: string;
  sequence: number;
  observedAt: string;
  bytes: number;
  /** The environment's state in words: reports of one state may become one, a change of state is kept. */
  state: string;
  detailed: boolean;
  /** Builds on no earlier report. */
  full: boolean;
  /** Kept here only while the disk refuses it. */
  unwritten?: string;
  /** What will be read soon, while there is little of it. */
  held?: Report;
};

/** What is queued and sent at once need not be read again. */
const MOST_HELD_BYTES = 1024 * 1024;

/** A report without its place in the queue, and the state that the environment was in. */
export type Queued = {
  report: Omit<Report, "stream" | "sequence" | "base">;
  full: boolean;
  state: string;
} & {
  /** Says nothing that is lost with the process: it is not written to disk. */
  isPassing?: boolean;
};

/** The queue of reports on disk: in order per environment, bounded, and never without an outcome. */
export type Outbox = ReturnType<typeof openOutbox>;

/**
 * Opens the queue under `directory`; what an earlier process left there is sent first. Every report is in the
 * journal when `append` returns. `maxBytes` bounds them together.
 */
export function openOutbox(options: { directory: string; maxBytes?: number; maxReports?: number }) {
  const { directory, maxBytes = 64 * 1024 * 1024, maxReports = 20_000 } = options;
  const { counters, kept: keptCounters } = readCounters(join(directory, "counters.json"));
  const journal = openJournal(join(directory, "reports.log"), {
    // What was sent is told there for a while, so that the counters need not be written for each report.
    seen(key) {
      const { environment, sequence } = placeOf(key);
      counters.last[environment] = Math.max(counters.last[environment] ?? 0, sequence);
    },
    forgetting: () => saveCounters(),
  });
  const entries = readEntries(journal);
  const inFlight = new Set<Entry>();
  let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  let heldBytes = 0;

  function read(entry: Entry): Report {
    return entry.held ?? JSON.parse(entry.unwritten ?? journal.read(keyOf(entry))).report;
  }

  function store(report: Report, state: string, { isPassing = false, isNew = false } = {}): Entry {
    const detailed = hasDetail(report);
    const text = JSON.stringify({ state, detailed, report });
    const outcomes = report.syncs.length + (report.revisions?.length ?? 0);
    const entry: Entry = {
      environment: report.environment,
      sequence: report.sequence,
      observedAt: report.observedAt,
      bytes: Buffer.byteLength(text),
      state,
      detailed,
      full: report.base === null,
    };
    try {
      if (isPassing) entry.unwritten = text;
      else journal.put(keyOf(entry), text);
      // Outcomes survive a loss of power as well; for the rest, surviving the process is enough.
      if (outcomes > 0) journal.flushSoon();
    } catch {
      entry.unwritten = text;
    }
    if (isNew && heldBytes + entry.bytes <= MOST_HELD_BYTES) {
      entry.held = report;
      heldBytes += entry.bytes;
    }
    bytes += entry.bytes;
    return entry;
  }

  /** The entry is no longer in the queue. */
  function leave(entry: Entry): void {
    if (entry.held) heldBytes -= entry.bytes;
    bytes -= entry.bytes;
  }

  function drop(entry: Entry): void {
    journal.drop(keyOf(entry));
    entries.splice(entries.indexOf(entry), 1);
    inFlight.delete(entry);
    leave(entry);
  }

  function replace(entry: Entry, report: Report): Entry {
    const stored = store(report, entry.state);
    leave(entry);
    entries[entries.indexOf(entry)] = stored;
    return stored;
  }

  /** Oldest first: merge what says the same state twice, then drop values, then drop moments; outcomes stay. */
  function makeRoom(): void {
    while (bytes > maxBytes || entries.length > maxReports) {
      const alike = pair((earlier, later) => earlier.state === later.state);
      if (alike) {
        merge(...alike);
        continue;
      }
      const detailed = entries.find((entry) => entry.detailed && !inFlight.has(entry));
      const any = detailed ? null : pair(() => true);
      if (detailed) replace(detailed, withoutDetail(read(detailed)));
      else if (any) merge(...any);
      else return;
    }
  }

  /** The oldest two reports that follow each other in one environment, wait, and satisfy the test. */
  function pair(test: (earlier: Entry, later: Entry) => boolean): [Entry, Entry] | null {
    const before = new Map<string, Entry>();
    for (const entry of entries) {
      if (inFlight.has(entry)) continue;
      const earlier = before.get(entry.environment);
      if (earlier && test(earlier, entry)) return [earlier, entry];
      before.set(entry.environment, entry);
    }
    return null;
  }

  function merge(earlier: Entry, later: Entry): void {
    // The later is written before the earlier goes: a crash in between repeats, and repeating is harmless.
    replace(later, mergeReports(read(earlier), read(later)));
    drop(earlier);
  }

  function saveCounters(): void {
    try {
      keptCounters.write(JSON.stringify(counters));
    } catch {
      // The server refuses a sequence that it has seen.
    }
  }

  return {
    /** Names this queue; a new disk is a new stream. */
    stream: counters.stream,

    /** Queues a report as the environment's next one and answers it with its place. */
    append({ report, full, state, isPassing = false }: Queued): Report {
      const base = counters.last[report.environment] ?? 0;
      const placed: Report = {
        ...report,
        stream: counters.stream,
        sequence: base + 1,
        base: full || base === 0 ? null : base,
      };
      counters.last[report.environment] = placed.sequence;
      const entry = store(placed, state, { isPassing, isNew: true });
      entries.push(entry);
      makeRoom();
      return placed;
    },

    /** The oldest reports that fit into `limit.bytes` together, at least one; they count as in flight. */
    next(limit: { bytes: number; reports: number }): Report[] {
      const batch: Report[] = [];
      let size = 0;
      for (const entry of entries.slice(0, limit.reports)) {
        if (batch.length >= limit.reports || (batch.length > 0 && size + entry.bytes > limit.bytes)) break;
        const report = readOrForget(entry);
        if (!report) continue;
        batch.push(report);
        inFlight.add(entry);
        size += entry.bytes;
      }
      return batch;
    },

    /** The server has recorded it, or will never take it. */
    remove(environment: string, sequence: number): void {
      const entry = entries.find((one) => one.environment === environment && one.sequence === sequence);
      if (!entry) return;
      drop(entry);
    },

    /** A request failed: its reports wait again. */
    landed(): void {
      inFlight.clear();
    },

    /** Puts `parts` in the place of one report; everything of its environment behind it moves back. */
    split(environment: string, sequence: number, parts: Report[]): void {
      const at = entries.findIndex((one) => one.environment === environment && one.sequence === sequence);
      const entry = entries[at];
      if (!entry || parts.length === 0) return;
      const shift = parts.length - 1;
      const later = entries.filter((one) => one.environment === environment && one.sequence > sequence);
      for (const one of shift > 0 ? later.toReversed() : []) {
        const report = read(one);
        const moved = {
          ...report,
          sequence: report.sequence + shift,
          base: report.base && report.base + shift,
        };
        journal.drop(keyOf(one));
        replace(one, moved);
      }
      const stored = parts.map((part, index) =>
        store(
          { ...part, sequence: sequence + index, base: index ? sequence + index - 1 : part.base },
          entry.state,
        ),
      );
      leave(entry);
      entries.splice(entries.indexOf(entry), 1, ...stored);
      counters.last[environment] = (counters.last[environment] ?? sequence) + shift;
      saveCounters();
    },

    /** The server knows of a sequence of ours that we have forgotten: count on from there; answers whether so. */
    countFrom(environment: string, sequence: number): boolean {
      if ((counters.last[environment] ?? 0) >= sequence) return false;
      counters.last[environment] = sequence;
      saveCounters();
      return true;
    },

    /** Whether a full report of the environment waits. */
    hasFull: (environment: string) => entries.some((one) => one.environment === environment && one.full),
    /** How large a waiting report is; 0 where it has become part of another. */
    bytesOf: ({ environment, sequence }: Report): number =>
      entries.findLast((one) => one.sequence === sequence && one.environment === environment)?.bytes ?? 0,
    size: () => ({ reports: entries.length, bytes }),
    waiting: (environment: string) => entries.filter((one) => one.environment === environment).length,
  };

  function readOrForget(entry: Entry): Report | null {
    try {
      return read(entry);
    } catch {
      drop(entry);
      return null;
    }
  }
}

type Counters = { stream: string; last: Record<string, number> };

function readCounters(file: string): { counters: Counters; kept: DurableText } {
  const { text, kept } = openDurableText(file);
  try {
    const { stream, last } = JSON.parse(text ?? "");
    if (typeof stream === "string" && typeof last === "object") return { counters: { stream, last }, kept };
  } catch {
    // A new disk, or a torn one.
  }
  const counters = { stream: randomUUID(), last: {} };
  kept.write(JSON.stringify(counters));
  return { counters, kept };
}

const keyOf = ({ environment, sequence }: Pick<Entry, "environment" | "sequence">): string =>
  `${environment}.${sequence}`;

function placeOf(key: string): Pick<Entry, "environment" | "sequence"> {
  const dot = key.lastIndexOf(".");
  return { environment: key.slice(0, dot), sequence: Number(key.slice(dot + 1)) };
}

function readEntries(journal: Journal): Entry[] {
  const entries = journal.keys().flatMap((key): Entry[] => {
    try {
      const text = journal.read(key);
      const { state, detailed, report } = JSON.parse(text);
      const { environment, sequence, observedAt, base } = report as Report;
      const bytes = Buffer.byteLength(text);
      return [{ environment, sequence, observedAt, bytes, state, detailed, full: base === null }];
    } catch {
      return [];
    }
  });
  // A clock that was set back must not put a later report before an earlier one of the same environment.
  entries.sort((a, b) => a.sequence - b.sequence);
  const newest = new Map<string, string>();
  for (const entry of entries) {
    const before = newest.get(entry.environment) ?? "";
    if (entry.observedAt < before) entry.observedAt = before;
    newest.set(entry.environment, entry.observedAt);
  }
  return entries.sort((a, b) => (a.observedAt < b.observedAt ? -1 : a.observedAt > b.observedAt ? 1 : 0));
}
