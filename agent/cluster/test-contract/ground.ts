import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { type Cluster, connect, type Observer, observe } from "../index.ts";
import { type Relay, startRelay } from "../test-relay.ts";
import { MANAGER, namespaceOf, quick } from "./manifests.ts";

/** A Kubernetes API under contract. */
export type Subject = {
  kubeconfig: string;
  simulated: boolean;
  /** A kubeconfig of somebody who may list ConfigMaps in `namespace` only between `grant` and `revoke`. */
  restricted(
    namespace: string,
  ): Promise<{ kubeconfig: string; grant(): Promise<void>; revoke(): Promise<void> }>;
  /** Makes changes so far too old to resume from, where they are not so already. */
  expire?(): void;
  stop(): Promise<void>;
};

/** What a test of the contract stands on; filled before the first one runs. */
export type Ground = {
  subject: Subject;
  cluster: Cluster;
  /** A name that no other test has. */
  name(): string;
  /** A namespace of the test's own. */
  fresh(): Promise<string>;
  /** The API behind a relay, for a kubeconfig of it. */
  relayed(kubeconfig: string): Promise<Relay & { kubeconfig: string }>;
  stop(): Promise<void>;
};

/** Starts the subject and connects to it. */
export async function prepareGround(start: () => Promise<Subject>): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), "plumbline-contract-"));
  const subject = await start();
  const cluster = await connect({ kubeconfig: subject.kubeconfig });
  const relays: Relay[] = [];
  const run = Date.now().toString(36);
  let counter = 0;
  const name = () => `contract-${run}-${++counter}`;
  return {
    subject,
    cluster,
    name,
    async fresh() {
      const namespace = name();
      await cluster.apply(namespaceOf(namespace), MANAGER);
      return namespace;
    },
    async relayed(kubeconfig) {
      const config = parse(await readFile(kubeconfig, "utf8"));
      const server = new URL(config.clusters[0].cluster.server);
      const relay = await startRelay({ host: server.hostname, port: Number(server.port) });
      relays.push(relay);
      server.port = String(relay.port);
      config.clusters[0].cluster.server = server.href;
      const file = join(folder, `relayed-${relay.port}`);
      await writeFile(file, stringify(config));
      return { ...relay, kubeconfig: file };
    },
    async stop() {
      await cluster.close();
      for (const relay of relays) await relay.stop();
      await subject.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs `use` with an observer that follows `needs`, and stops it after. */
export async function watchedThrough(
  cluster: Cluster,
  needs: Parameters<Observer["follow"]>[0],
  use: (observer: Observer) => Promise<void>,
): Promise<void> {
  const observer = observe(cluster, quick);
  try {
    observer.follow(needs);
    await use(observer);
  } finally {
    observer.stop();
  }
}
