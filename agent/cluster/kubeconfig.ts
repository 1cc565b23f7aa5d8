import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import type { Cluster as ClusterEntry, Context, User } from "@kubernetes/client-node/dist/config_types.js";
import { newClusters, newContexts, newUsers } from "@kubernetes/client-node/dist/config_types.js";
import { parse } from "yaml";
import type { ClusterConnection } from "./types.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A cluster entry, a user entry and a namespace, from a kubeconfig or from the pod's service account. */
export type Endpoint = {
  cluster: ClusterEntry;
  user: User & { tokenFile?: string };
  namespace: string;
  /** Where it was found, for messages. */
  origin: string;
};

type ExecEntry = {
  apiVersion?: string;
  provideClusterInfo?: boolean;
  env?: { name: string; value: string }[] | null;
};

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Finds the API server as kubectl does; throws a sentence that names the file or context that is wrong. */
export function findEndpoint(
  connection: ClusterConnection,
  env: Environment,
  serviceAccount = SERVICE_ACCOUNT,
): Endpoint {
  if (!connection.kubeconfig && !connection.context && env.KUBERNETES_SERVICE_HOST) {
    const found = inCluster(env, serviceAccount);
    if (found) return found;
  }
  const files = connection.kubeconfig
    ? [connection.kubeconfig]
    : env.KUBECONFIG
      ? env.KUBECONFIG.split(delimiter).filter(Boolean)
      : [join(env.HOME ?? homedir(), ".kube", "config")];
  return fromFiles(files, connection.context);
}

function inCluster(env: Environment, folder: string): Endpoint | undefined {
  const tokenFile = join(folder, "token");
  if (!existsSync(tokenFile)) return undefined;
  const host = env.KUBERNETES_SERVICE_HOST ?? "";
  const namespaceFile = join(folder, "namespace");
  return {
    cluster: {
      name: "in-cluster",
      server: `https://${host.includes(":") ? `[${host}]` : host}:${env.KUBERNETES_SERVICE_PORT ?? "443"}`,
      caFile: join(folder, "ca.crt"),
      skipTLSVerify: false,
    },
    user: { name: "service-account", tokenFile },
    namespace: existsSync(namespaceFile) ? readFileSync(namespaceFile, "utf8").trim() : "default",
    origin: "the pod's service account",
  };
}

function fromFiles(files: string[], wanted: string | undefined): Endpoint {
  const clusters = new Map<string, ClusterEntry>();
  const users = new Map<string, Endpoint["user"]>();
  const contexts = new Map<string, Context>();
  let current: string | undefined;
  const present = files.filter((file) => existsSync(file));
  if (present.length === 0)
    throw new Error(
      `There is no kubeconfig at ${files.join(" or ")}; name one with --kubeconfig or KUBECONFIG.`,
    );
  for (const file of present) {
    const root = dirname(resolve(file));
    const config = read(file);
    for (const entry of section(file, () => newClusters(config.clusters)))
      keepFirst(clusters, { ...entry, caFile: absolute(root, entry.caFile) });
    // token-file is ours to read, each time it is needed: newUsers would read it once and keep it.
    const listed = Array.isArray(config.users) ? config.users : [];
    const stripped = listed.map((item: { user?: Record<string, unknown> }) => ({
      ...item,
      user: { ...item?.user, "token-file": undefined, tokenFile: undefined },
    }));
    for (const entry of section(file, () => newUsers(stripped))) {
      const raw = listed.find((item: { name?: string }) => item?.name === entry.name)?.user ?? {};
      keepFirst(users, {
        ...entry,
        exec: entry.exec ? { ...entry.exec, command: commandOf(root, entry.exec.command) } : entry.exec,
        certFile: absolute(root, entry.certFile),
        keyFile: absolute(root, entry.keyFile),
        tokenFile: absolute(root, raw["token-file"] ?? raw.tokenFile),
      });
    }
    for (const entry of section(file, () => newContexts(config.contexts))) keepFirst(contexts, entry);
    current ??=
      typeof config["current-context"] === "string" && config["current-context"]
        ? config["current-context"]
        : undefined;
  }
  const origin = present.join(", ");
  const name = wanted ?? current;
  if (!name) throw new Error(`${origin} has no current-context; name one with --context.`);
  const context = contexts.get(name);
  if (!context)
    throw new Error(
      `${origin} has no context "${name}"; it has ${[...contexts.keys()].join(", ") || "none"}.`,
    );
  const cluster = clusters.get(context.cluster);
  if (!cluster)
    throw new Error(
      `The context "${name}" of ${origin} names a cluster "${context.cluster}" that is not there.`,
    );
  const user = context.user ? users.get(context.user) : { name: "anonymous" };
  if (!user)
    throw new Error(`The context "${name}" of ${origin} names a user "${context.user}" that is not there.`);
  const told = user.exec ? { ...user, exec: withExecInfo(user.exec, cluster) } : user;
  return { cluster, user: told, namespace: context.namespace ?? "default", origin };
}

function read(
  file: string,
): Record<string, unknown> & { clusters?: unknown; users?: unknown; contexts?: unknown } {
  let config: unknown;
  try {
    config = parse(readFileSync(file, "utf8"));
  } catch (error) {
    // A parser's message may quote the line, and the line may be a token.
    throw new Error(`The kubeconfig ${file} could not be read; check that it is there, readable, and YAML.`, {
      cause: (error as NodeJS.ErrnoException).code,
    });
  }
  if (typeof config !== "object" || config === null) throw new Error(`The kubeconfig ${file} is empty.`);
  return config as Record<string, unknown>;
}

function section<T>(file: string, entries: () => T[]): T[] {
  try {
    return entries();
  } catch (error) {
    throw new Error(`The kubeconfig ${file} is not valid: ${(error as Error).message}.`);
  }
}

function keepFirst<T extends { name: string }>(entries: Map<string, T>, entry: T): void {
  if (!entries.has(entry.name)) entries.set(entry.name, entry);
}

function absolute(root: string, file: unknown): string | undefined {
  return typeof file === "string" && file ? resolve(root, file) : undefined;
}

/** What client-go tells a credential plugin of the cluster; some plugins do nothing without it. */
function withExecInfo(exec: ExecEntry, cluster: ClusterEntry): ExecEntry {
  const about = {
    server: cluster.server,
    "tls-server-name": cluster.tlsServerName,
    "insecure-skip-tls-verify": cluster.skipTLSVerify || undefined,
    "certificate-authority-data": cluster.caData,
    "proxy-url": cluster.proxyUrl,
  };
  const info = {
    apiVersion: exec.apiVersion ?? "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    spec: { interactive: false, ...(exec.provideClusterInfo ? { cluster: about } : {}) },
  };
  return {
    ...exec,
    env: [...(exec.env ?? []), { name: "KUBERNETES_EXEC_INFO", value: JSON.stringify(info) }],
  };
}

/** As client-go does: a command with a slash is relative to its kubeconfig, another one is found on PATH. */
function commandOf(root: string, command: unknown): string {
  const text = String(command ?? "");
  return text.includes("/") ? resolve(root, text) : text;
}
