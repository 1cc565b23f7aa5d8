import { createHmac } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SessionRequest } from "../lib/protocol/session.ts";
import { PROTOCOL_VERSION } from "../lib/protocol/version.ts";
import { applySet, shareInventories } from "./apply/index.ts";
import { type Cluster, connect, observe } from "./cluster/index.ts";
import type { Config } from "./config.ts";
import { publicDeclaration } from "./declaration.ts";
import { schemasFrom } from "./diff/index.ts";
import type { Environment } from "./environment.ts";
import { type Declared, followEnvironments } from "./environments-file.ts";
import { readWarnings } from "./events.ts";
import { healthNow } from "./health-now.ts";
import { openHealthPort } from "./health-port.ts";
import { outsideGate } from "./lane.ts";
import { openLog } from "./log.ts";
import { startLoop } from "./loop.ts";
import { createMask } from "./mask/index.ts";
import { readMaskKey } from "./mask-key.ts";
import { openMemories } from "./memory.ts";
import { openMetrics } from "./metrics/index.ts";
import type { Parts } from "./parts.ts";
import { openSuspensions } from "./pause/suspensions.ts";
import { openRenderer } from "./render/index.ts";
import { backoff } from "./report/backoff.ts";
import { openContent } from "./report/content.ts";
import { listenForHints } from "./report/hints.ts";
import { openOutbox } from "./report/outbox.ts";
import { openReporter } from "./report/reporter.ts";
import { startSender } from "./report/sender.ts";
import { openTransport } from "./report/transport.ts";
import { openSource } from "./source/index.ts";
import { tidyHeap } from "./tidy-heap.ts";
import { AGENT_VERSION } from "./version.ts";
import { openWatches } from "./watches.ts";

/** How long a running apply gets to end when the agent is told to stop. */
const GRACE_MS = 10_000;
/** How long the last reports get to leave before the process does. */
const LAST_WORDS_MS = 2000;
/** How often an environment is heard of, before the control plane has said how often it wants to. */
const REPORT_INTERVAL_MS = 30_000;

/** A running agent; `stop` ends it within ten seconds and leaves everything unsent on disk. */
export type Agent = {
  stop(): Promise<void>;
  healthPort: number | undefined;
  /** What it follows now. */
  environments(): Environment[];
};

/**
 * Starts everything and answers once the environments are followed. It waits for the cluster, whose state is
 * the whole point, and never for the control plane.
 */
export async function startAgent(
  config: Config,
  options: { signal?: AbortSignal; writeLog?: (line: string) => void } = {},
): Promise<Agent> {
  const { log, scrubWith } = openLog({ level: config.logLevel, write: options.writeLog });
  // As it was sent last: reading its file for every line of the log would cost more than the line.
  let token = config.token();
  const readToken = () => {
    token = config.token();
    return token;
  };
  scrubWith((text) => (token ? text.replaceAll(token, "(token)") : text));
  const maskKey = readMaskKey({ file: config.maskKeyFile, dataDir: config.dataDir });

  const metrics = openMetrics();
  let ready = false;
  const health =
    config.healthPort === undefined
      ? null
      : await openHealthPort({ port: config.healthPort, ready: () => ready, metrics: metrics.answer });
  const { cluster, identity } = await connected(config, log, options.signal);
  log.info(
    { cluster: identity.uid, kubernetes: identity.kubernetesVersion, version: AGENT_VERSION },
    "agent started",
  );

  const outbox = openOutbox({ directory: join(config.dataDir, "outbox") });
  const content = openContent({ directory: join(config.dataDir, "content") });
  const transport = metrics.transport(
    openTransport({ ...config, token: readToken, agentVersion: AGENT_VERSION }),
  );
  const reporter = openReporter({
    outbox,
    content,
    queued: () => sender?.wake(),
    maxBytes: () => sender?.maxBytes() ?? 4 * 1024 * 1024,
  });
  const observer = observe(cluster);
  const suspensions = openSuspensions(config.dataDir);
  const stopApplies = new AbortController();
  const inventories = shareInventories(cluster);

  const parts: Parts = {
    source: metrics.source(
      openSource({
        cacheDir: join(config.dataDir, "git"),
        log: (message, fields) => log.debug(fields ?? {}, message),
      }),
    ),
    renderer: openRenderer({ engines: config.engines, cacheDir: join(config.dataDir, "render") }),
    cluster,
    watches: openWatches(observer),
    warnings: readWarnings(cluster),
    schemas: schemasFrom([]),
    applySet: (input) =>
      applySet(cluster, {
        ...input,
        observed: (ref) => observer.find(ref),
        health: (object) => healthNow(parts, object),
        aside: outsideGate,
        signal: input.signal ? AbortSignal.any([input.signal, stopApplies.signal]) : stopApplies.signal,
      }),
    suspensions,
    stopping: stopApplies.signal,
    findInventory: inventories.find,
    maskFor(declaration) {
      // Most environments have no secret values, and every line of the log passes by all that have.
      const learned = () => void scrubWith((text) => mask.text(text));
      const mask = createMask({ key: maskKey, rules: declaration.mask, learned });
      return mask;
    },
    digestKey: createHmac("sha256", maskKey).update("rendered").digest(),
    publish(snapshot, state, syncs, revisions) {
      metrics.published(snapshot, state, syncs);
      reporter.publish(snapshot, state, syncs, revisions);
    },
    replaced: (digest, body) => content.superseded(digest, body),
    log,
    now: () => new Date(),
    memories: openMemories(join(config.dataDir, "environments")),
  };

  let declared: Declared = { environments: null, invalid: [] };
  const loop = startLoop(parts, {
    added(environment) {
      content.follow(environment.name, (digest) => environment.body(digest));
      metrics.follow(environment);
    },
    removed(name) {
      metrics.forget(name);
      content.follow(name, undefined);
      inventories.forget();
      reporter.forget(name);
    },
  });
  const file = followEnvironments(config.environmentsFile, (next) => {
    declared = next;
    for (const { name, message } of next.invalid) log.error({ environment: name }, message);
    void loop.declare(next).then(() => sender.greet());
  });
  const sender = startSender({
    transport,
    outbox,
    content,
    log,
    hello: (): SessionRequest => ({
      protocol: PROTOCOL_VERSION,
      agentVersion: AGENT_VERSION,
      stream: outbox.stream,
      cluster: identity,
      environments: loop
        .environments()
        .map(({ declaration }) => publicDeclaration(declaration, cluster.defaultNamespace)),
      invalid: declared.invalid.slice(0, 1000),
    }),
    resend: (environment) => reporter.resend(environment),
  });
  metrics.watch({
    looks: () => loop.load(),
    outbox: () => outbox.size(),
    connected: () => sender.connected(),
    kubernetes: () => cluster.answers,
  });
  const hints = listenForHints({
    transport,
    log,
    onHint: (hint) => loop.hint(hint),
    onSuspensions: (set) => suspensions.replace(set),
    connected: () => sender.retryNow(),
  });
  const heartbeat = startHeartbeat(
    () => reporter.heartbeat(new Date()),
    () => sender.reportIntervalMs(),
  );
  const heap = tidyHeap();
  ready = true;

  return {
    healthPort: health?.port,
    environments: loop.environments,
    async stop() {
      ready = false;
      file.stop();
      hints.stop();
      heartbeat.stop();
      heap.stop();
      const ended = loop.stop();
      await Promise.race([ended, sleep(GRACE_MS, undefined, { ref: false })]);
      stopApplies.abort();
      observer.stop();
      await Promise.race([sender.idle(), sleep(LAST_WORDS_MS, undefined, { ref: false })]);
      // Whatever is still on its way is on disk as well, and is sent after the next start.
      await transport.close();
      await sender.stop();
      await cluster.close();
      health?.close();
      log.info({ waiting: outbox.size().reports }, "agent stopped");
    },
  };
}

async function connected(
  config: Config,
  log: ReturnType<typeof openLog>["log"],
  signal?: AbortSignal,
): Promise<{ cluster: Cluster; identity: Awaited<ReturnType<Cluster["identity"]>> }> {
  const pause = backoff({ firstMs: 500, mostMs: 15_000 });
  for (;;) {
    try {
      const cluster = await connect({ kubeconfig: config.kubeconfig, context: config.context, log });
      return { cluster, identity: await cluster.identity() };
    } catch (error) {
      if (signal?.aborted) throw error;
      log.error({ reason: (error as Error).message }, "the cluster does not answer; trying again");
      await pause.wait(signal);
    }
  }
}

/** Beats at nine tenths of what the control plane asks for, since being late counts as silence. */
function startHeartbeat(beat: () => void, everyMs: () => number | undefined): { stop: () => void } {
  let last = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - last < (everyMs() ?? REPORT_INTERVAL_MS) * 0.9) return;
    last = Date.now();
    beat();
  }, 500);
  return { stop: () => clearInterval(timer) };
}
