import { setTimeout as sleep } from "node:timers/promises";
import type { Report, ReportResult } from "../../lib/protocol/report.ts";
import type { SessionRequest, SessionResponse } from "../../lib/protocol/session.ts";
import type { Log } from "../log.ts";
import { backoff } from "./backoff.ts";
import type { Content } from "./content.ts";
import type { Outbox } from "./outbox.ts";
import { sizeOf, splitReport } from "./shrink.ts";
import type { Outcome, Transport } from "./transport.ts";
import { openWaker } from "./waker.ts";

/** Before a session has said otherwise. */
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;
/** At least so long from one request with reports to the next: what happens in between goes together. */
const PACE_MS = 40;
/** The same after a request with many: so much is going on that nobody waits for one of them. */
const BUSY_PACE_MS = 200;
const BUSY_REPORTS = 8;
/** How slowly to ask again when only a person can help: a wrong token, a server of another version. */
const HOPELESS_MS = 15_000;

type Failed = Extract<Outcome<never>, { ok: false }>["error"];

/** Carries the outbox to the control plane, in order, for as long as it takes. */
export type Sender = ReturnType<typeof startSender>;

/**
 * Starts sending. `hello` says who the agent is now; `resend` is called with an environment of which the
 * server wants everything; `opened` with each new session. Nothing that a server does or says throws.
 */
export function startSender(options: {
  transport: Transport;
  outbox: Outbox;
  content: Content;
  log: Log;
  hello: () => SessionRequest;
  resend: (environment: string) => void;
  opened?: (session: SessionResponse) => void;
  pauseMs?: { first: number; most: number };
}) {
  const { transport, outbox, content, log } = options;
  const stopping = new AbortController();
  const work = openWaker(stopping.signal);
  const pause = backoff({ firstMs: options.pauseMs?.first ?? 500, mostMs: options.pauseMs?.most ?? 30_000 });
  let session: SessionResponse | null = null;
  /** The session is of who we are now. */
  let greeted = false;
  let batchReports = 100;
  /** Digests that the server lacks and has not been sent yet. */
  const owed = new Set<string>();
  let lastComplaint = "";
  let manifestsNext = false;
  /** When the next request with reports may leave. */
  let soonest = 0;
  /** Nothing has been taken within this session yet. */
  let freshSession = false;

  const maxBytes = () => session?.maxRequestBytes ?? DEFAULT_MAX_BYTES;
  /** What several things together may come to: a large request costs memory on both sides. */
  const batchBytes = () => Math.min(maxBytes() - 1024, DEFAULT_MAX_BYTES);

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const failed = await step();
      if (failed) await recover(failed);
      else if (outbox.size().reports === 0 && owed.size === 0 && session && greeted) await work.wait();
    }
  }

  /** One request, the most urgent one; answers what went wrong, if anything did. */
  async function step(): Promise<Failed | null> {
    if (!session || !greeted) return openSession();
    // By turns, so that a stream of reports does not keep what they mention from being sent.
    manifestsNext = owed.size > 0 && (!manifestsNext || outbox.size().reports === 0);
    if (manifestsNext) return sendManifests(session.session);
    return outbox.size().reports > 0 ? sendReports(session.session) : null;
  }

  async function openSession(): Promise<Failed | null> {
    greeted = true;
    const answer = await transport.session(options.hello());
    if (!answer.ok) {
      greeted = false;
      return answer.error;
    }
    const first = session === null;
    session = answer.data;
    freshSession = true;
    recovered();
    if (first) log.info({ cluster: session.clusterName }, "the control plane knows this agent");
    for (const [environment, last] of Object.entries(session.acknowledged)) {
      if (last.stream !== outbox.stream) continue;
      if (outbox.countFrom(environment, last.sequence)) options.resend(environment);
    }
    options.opened?.(session);
    return null;
  }

  async function sendReports(id: string): Promise<Failed | null> {
    const early = soonest - performance.now();
    if (early > 0) await sleep(early, undefined, { signal: stopping.signal }).catch(() => {});
    const batch = outbox.next({ bytes: batchBytes(), reports: batchReports });
    soonest = performance.now() + (batch.length < BUSY_REPORTS ? PACE_MS : BUSY_PACE_MS);
    if (batch.length === 0) return null;
    const answer = await transport.reports({ session: id, reports: batch });
    if (!answer.ok) {
      outbox.landed();
      return refused(batch, answer.error);
    }
    recovered();
    freshSession = false;
    batchReports = 100;
    for (const digest of answer.data.lacking) owed.add(digest);
    for (const report of batch) {
      const result = answer.data.results.find(
        ({ environment, sequence }) => environment === report.environment && sequence === report.sequence,
      );
      if (result) settle(report, result);
    }
    outbox.landed();
    return answer.data.results.length > 0
      ? null
      : { code: "internal", message: "The control plane answered for no report." };
  }

  function settle(report: Report, result: ReportResult): void {
    const at = { environment: report.environment, sequence: report.sequence };
    outbox.remove(report.environment, report.sequence);
    content.settled(report, owed);
    // A full report that is already waiting answers the wish; asking for another would never end.
    if (result.status === "resend" && !outbox.hasFull(report.environment)) options.resend(report.environment);
    if (result.status === "refused")
      log.warn(
        { ...at, reason: result.message },
        "the control plane refused a report; its syncs are recorded",
      );
  }

  /** What to do with a batch that was refused as a whole, so that it is never simply sent again. */
  function refused(batch: Report[], error: Failed): Failed | null {
    const [only] = batch;
    if (error.code !== "too-large" && error.code !== "invalid") return error;
    if (batch.length > 1) {
      batchReports = Math.max(1, Math.floor(batch.length / 2));
      return null;
    }
    if (!only) return error;
    const at = { environment: only.environment, sequence: only.sequence, reason: error.message };
    const size = sizeOf(only);
    const parts =
      error.code === "too-large" ? splitReport(only, Math.min(maxBytes(), Math.floor(size / 2))) : [];
    if (parts.length > 1 || (parts[0] && sizeOf(parts[0]) < size)) {
      log.info({ ...at, parts: parts.length }, "a report was too large and is sent in parts");
      outbox.split(only.environment, only.sequence, parts);
      return null;
    }
    log.error(at, "the control plane cannot take this report; its outcomes are sent without detail");
    const bare = {
      ...only,
      resources: [],
      removed: [],
      syncs: only.syncs.map((sync) => ({ ...sync, objects: [] })),
    };
    if (sizeOf(bare) < size) outbox.split(only.environment, only.sequence, [bare]);
    else outbox.remove(only.environment, only.sequence);
    return null;
  }

  async function sendManifests(id: string): Promise<Failed | null> {
    const manifests: { digest: string; body: string }[] = [];
    let bytes = 1024;
    for (const digest of owed) {
      const body = content.bodyOf(digest);
      if (body === undefined || body.length > 2_000_000) {
        owed.delete(digest);
        continue;
      }
      // It is JSON in JSON: each quote in it travels as two characters.
      const size = 2 * body.length + 100;
      if (manifests.length > 0 && (manifests.length >= 1000 || bytes + size > maxBytes())) break;
      manifests.push({ digest, body });
      bytes += size;
    }
    if (manifests.length === 0) return null;
    const answer = await transport.manifests({ session: id, manifests });
    if (!answer.ok && answer.error.code !== "invalid" && answer.error.code !== "too-large")
      return answer.error;
    if (!answer.ok) log.warn({ reason: answer.error.message }, "the control plane refused manifests");
    for (const { digest } of manifests) {
      owed.delete(digest);
      content.delivered(digest);
    }
    recovered();
    return null;
  }

  async function recover(error: Failed): Promise<void> {
    // The server has forgotten the session: a new one is opened at once, unless that was just tried.
    if ((error.code === "conflict" || error.code === "not-found") && session && !freshSession) {
      session = null;
      return;
    }
    complain(error);
    if (error.code !== "unavailable" && error.code !== "rate-limited") session = null;
    const hopeless = ["unauthenticated", "forbidden", "unsupported"].includes(error.code);
    await work.pause((signal) => pause.wait(signal, hopeless ? HOPELESS_MS : 0));
  }

  /** Says each trouble once, until it is another one or over. */
  function complain(error: Failed): void {
    const said = `${error.code} ${error.message}`;
    if (said === lastComplaint) return;
    lastComplaint = said;
    const waiting = outbox.size().reports;
    if (error.code === "unauthenticated")
      log.error(
        { reason: error.message, waiting },
        "the control plane refuses this agent's token; give it a new one",
      );
    else if (error.code === "unsupported")
      log.error(
        { reason: error.message, waiting },
        "the control plane does not speak this agent's protocol version",
      );
    else log.warn({ code: error.code, reason: error.message, waiting }, "reports wait on disk");
  }

  function recovered(): void {
    if (lastComplaint) log.info({ waiting: outbox.size().reports }, "the control plane takes reports again");
    lastComplaint = "";
    pause.reset();
  }

  const done = run();
  return {
    /** Something is queued. */
    wake: () => work.wake(),
    /** What `hello` says has changed. */
    greet(): void {
      greeted = false;
      work.wake();
    },
    /** The server was heard of by another way: do not wait out the pause. */
    retryNow: () => {
      pause.reset();
      work.cut();
    },
    maxBytes,
    connected: () => session !== null && lastComplaint === "",
    reportIntervalMs: () => session?.reportIntervalMs,
    /** Returns once nothing waits to be sent, or at once where the control plane does not answer. */
    async idle(): Promise<void> {
      while (session && !lastComplaint && (outbox.size().reports > 0 || owed.size > 0)) await sleep(10);
    },
    async stop(): Promise<void> {
      stopping.abort();
      await done;
    },
  };
}
