import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Engines } from "../engines/engines.ts";
import type { Running } from "../processes/running.ts";
import { type Service, startService } from "../processes/service.ts";
import type { DemoCluster } from "./clusters.ts";
import { places } from "./folder.ts";
import { type DemoEnvironment, demoEnvironments } from "./repository/index.ts";

const entry = join(import.meta.dirname, "..", "..", "agent", "main.ts");

type Options = {
  cluster: DemoCluster;
  token: string;
  url: string;
  cloneUrl: string;
  gitToken: string;
  engines: Engines;
};

/** Starts the agent of one cluster: a process of its own, with the files that the chart would mount. */
export function startAgent(options: Options, running: Running): Promise<Service> {
  const { cluster, token, url, engines } = options;
  const folder = places.agent(cluster.name);
  const credentials = join(folder, "credentials");
  mkdirSync(credentials, { recursive: true });
  secret(join(folder, "token"), token);
  secret(join(credentials, "username"), "plumbline");
  secret(join(credentials, "password"), options.gitToken);
  const environments = demoEnvironments
    .filter((environment) => environment.cluster === cluster.role)
    .map((environment) => declare(environment, options, credentials));
  writeFileSync(join(folder, "environments.yaml"), stringify({ environments }));
  return running.service(`agent of ${cluster.name}`, () =>
    startService({
      name: `the agent of ${cluster.name}`,
      command: process.execPath,
      args: [entry],
      logPath: places.log(`agent-${cluster.name}`),
      env: {
        ...process.env,
        NODE_ENV: "production",
        PLUMBLINE_URL: url,
        PLUMBLINE_TOKEN_FILE: join(folder, "token"),
        PLUMBLINE_ENVIRONMENTS_FILE: join(folder, "environments.yaml"),
        PLUMBLINE_DATA_DIR: join(folder, "data"),
        PLUMBLINE_HELM: engines.helm,
        PLUMBLINE_KUBECTL: engines.kubectl,
        PLUMBLINE_CONTEXT: cluster.context ?? "",
        KUBECONFIG: cluster.kubeconfig,
      },
    }),
  );
}

/** Production is only watched, beside a deployer of its own (deploy-bot.ts), so that a hand edit stays to be seen. */
export function modeOf({ name, mode }: DemoEnvironment, cluster: DemoCluster): "observe" | "sync" {
  return name === "production" || !cluster.writable ? "observe" : mode;
}

function declare(environment: DemoEnvironment, { cluster, cloneUrl }: Options, credentials: string) {
  const { name, path, namespace, renderer, helm } = environment;
  return {
    name,
    repository: { url: cloneUrl, ref: "main", credentials },
    path,
    namespace,
    renderer,
    mode: modeOf(environment, cluster),
    interval: "15s",
    ...(helm ? { helm } : {}),
  };
}

function secret(path: string, content: string) {
  writeFileSync(path, content, { mode: 0o600 });
  chmodSync(path, 0o600);
}
