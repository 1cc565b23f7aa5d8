import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FakeGithub, type FakeUser, startFakeGithub } from "#e2e/fakes/github/index.ts";
import { buildDemoRepository, demoEnvironments, people } from "#scripts/demo/repository/index.ts";
import { type Engines, ensureEngines } from "#scripts/engines/engines.ts";
import { type Cluster, startCluster } from "#scripts/kube/cluster.ts";
import { startPostgres } from "#scripts/postgres.ts";
import { freePort } from "#scripts/processes/ports.ts";
import { type Running, start } from "./processes.ts";
import { until } from "./until.ts";

const root = new URL("../..", import.meta.url).pathname;
const INTERVAL = "2s";

export type AgentOptions = {
  name: string;
  token: string;
  kubeconfig: string;
  environments: { name: string; mode?: "observe" | "sync" }[];
  extra?: unknown[];
};

/** The whole product on this machine: every part real, but for GitHub, whose stand-in speaks its protocol. */
export type Stack = {
  dir: string;
  url: string;
  engines: Engines;
  github: FakeGithub;
  /** Connection string of the owner of the tables, for looking at what was stored. */
  ownerUrl: string;
  cluster: Cluster;
  startServer(): Promise<void>;
  stopServer(signal?: NodeJS.Signals): Promise<void>;
  /** PostgreSQL goes down, connections and all, and comes back with what it had committed. */
  restartPostgres(): Promise<void>;
  startAgent(options: AgentOptions): Running;
  /** Everything any process of ours has printed. */
  logs(): string;
  stop(): Promise<void>;
};

const users: FakeUser[] = Object.entries(people).map(([login, person]) => ({
  login,
  name: person.name,
  email: person.email,
}));

/** Starts all but agents, the server with `settings` added to its environment; `stop` ends everything and removes its folder. */
export async function startStack(settings: Record<string, string> = {}): Promise<Stack> {
  const dir = mkdtempSync(join(tmpdir(), "plumbline-journey-"));
  const log = () => undefined;
  const engines = await ensureEngines(log);
  let postgres = await startPostgres({ dir: join(dir, "postgres") });
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const webhookSecret = randomBytes(16).toString("hex");
  const oauthApp = {
    clientId: "plumbline",
    clientSecret: randomBytes(16).toString("hex"),
    redirectUris: ["", "/identity"].map((below) => `${url}/api/auth/callback/github${below}`),
  };
  const github = await startFakeGithub({
    dataDir: join(dir, "github"),
    webhook: { url: `${url}/api/webhooks/github`, secret: webhookSecret },
    users,
    oauthApp,
  });
  await buildDemoRepository({ dir: join(dir, "fleet.git") });
  await github.seedRepository("family-insurance", "fleet", join(dir, "fleet.git"));
  const cluster = await startCluster({ dir: join(dir, "cluster"), name: "journey", log });
  const running: Running[] = [];
  let server: Running | null = null;
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: "production",
    DATABASE_URL: postgres.appUrl,
    DATABASE_OWNER_URL: postgres.ownerUrl,
    ...settings,
    PLUMBLINE_URL: url,
    PLUMBLINE_SECRET: randomBytes(32).toString("base64"),
    PORT: String(port),
    REPORT_INTERVAL_MS: "2000",
    GITHUB_WEB_URL: github.webUrl,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_CLIENT_ID: oauthApp.clientId,
    GITHUB_CLIENT_SECRET: oauthApp.clientSecret,
    GITHUB_TOKEN: github.tokenOf("alice"),
    GITHUB_WEBHOOK_SECRET: webhookSecret,
  };
  const startServer = async () => {
    server = start([process.execPath, "server.ts"], { cwd: root, env, log: join(dir, "server.log") });
    const { child } = server;
    await until(
      "the control plane is ready",
      async () => {
        if (child.exitCode !== null)
          throw new Error(
            `The control plane ended: ${readFileSync(join(dir, "server.log"), "utf8").slice(-2000)}`,
          );
        return (await fetch(`${url}/readyz`)).ok;
      },
      180_000,
    );
  };
  await startServer();
  return {
    dir,
    url,
    engines,
    github,
    ownerUrl: postgres.ownerUrl,
    cluster,
    startServer,
    stopServer: async (signal) => server?.stop(signal),
    async restartPostgres() {
      await postgres.stop();
      postgres = await startPostgres({ dir: join(dir, "postgres"), port: postgres.port });
    },
    startAgent(options) {
      const folder = join(dir, `agent-${options.name}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "token"), options.token, { mode: 0o600 });
      writeFileSync(
        join(folder, "environments.yaml"),
        JSON.stringify({ environments: [...declarations(options, github), ...(options.extra ?? [])] }),
      );
      const agent = start([process.execPath, "agent/main.ts"], {
        cwd: root,
        log: join(dir, `agent-${options.name}.log`),
        env: {
          NODE_ENV: "production",
          PATH: process.env.PATH,
          HOME: folder,
          PLUMBLINE_URL: url,
          PLUMBLINE_TOKEN_FILE: join(folder, "token"),
          PLUMBLINE_ENVIRONMENTS_FILE: join(folder, "environments.yaml"),
          PLUMBLINE_DATA_DIR: join(folder, "data"),
          PLUMBLINE_HELM: engines.helm,
          PLUMBLINE_KUBECTL: engines.kubectl,
          KUBECONFIG: options.kubeconfig,
        },
      });
      running.push(agent);
      return agent;
    },
    logs: () =>
      readdirSync(dir)
        .filter((name) => name.endsWith(".log"))
        .map((name) => readFileSync(join(dir, name), "utf8"))
        .join("\n"),
    async stop() {
      await Promise.all(running.map((agent) => agent.stop()));
      await server?.stop();
      await cluster.stop();
      await github.close();
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function declarations(options: AgentOptions, github: FakeGithub) {
  return options.environments.map(({ name, mode }) => {
    const { path, namespace, renderer, helm, ...declared } = demoEnvironments.find(
      (one) => one.name === name,
    )!;
    return {
      name,
      repository: { url: github.cloneUrl("family-insurance", "fleet"), ref: "main" },
      path,
      namespace,
      renderer,
      ...(helm ? { helm } : {}),
      mode: mode ?? declared.mode,
      interval: INTERVAL,
    };
  });
}
