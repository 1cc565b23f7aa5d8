import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { closeDatabase } from "#lib/db.ts";
import { parseEnv, setEnv } from "#lib/env.ts";
import { ensureBuilt } from "./build.ts";
import { startAgent } from "./demo/agents.ts";
import { startClusters } from "./demo/clusters.ts";
import { controlPlaneEnv, startControlPlane } from "./demo/control-plane.ts";
import { startDeployBot } from "./demo/deploy-bot.ts";
import { playFirstMinutes, untilConverged } from "./demo/first-minutes.ts";
import {
  demoFolder,
  forgetRunning,
  type Kept,
  places,
  readKept,
  readRunning,
  writeRunning,
} from "./demo/folder.ts";
import { logTo } from "./demo/log-file.ts";
import { type DemoOptions, readDemoOptions, UsageError } from "./demo/options.ts";
import { ensureCluster, ensureOrganization, owner } from "./demo/organization.ts";
import { demoEnvironments } from "./demo/repository/index.ts";
import { bot, repository, startStandIn } from "./demo/stand-in.ts";
import { ensureEngines } from "./engines/engines.ts";
import { migrate } from "./migrate.ts";
import { startPostgres } from "./postgres.ts";
import { belongsTo, endLeftovers } from "./processes/leftovers.ts";
import { assertFree } from "./processes/port.ts";
import { Interrupted, onStopSignal, Running } from "./processes/running.ts";

const say = (line: string) => console.log(`plumbline: ${line}`);

/** Brings the demo up, part by part, and answers once one can sign in. */
async function bringUp(options: DemoOptions, running: Running, signal: AbortSignal): Promise<void> {
  await takeFolder(options);
  const url = `http://localhost:${options.port}`;
  await assertFree(options.port, "choose another one with `npm run demo -- --port N`");
  const kept = readKept() ?? firstKept();

  // What depends on nothing else starts at once; the build is the longest of it.
  const built = ensureBuilt(say, signal);
  built.catch(() => {});
  say("starting PostgreSQL, the GitHub stand-in and two clusters");
  const [engines, postgres, github, clusters] = await Promise.all([
    ensureEngines(say),
    running.start(
      "PostgreSQL",
      () => startPostgres({ dir: places.postgres, log: logTo(places.log("postgres")) }),
      (one) => one.stop(),
    ),
    startStandIn(url, kept, running),
    startClusters(options, kept, running, say),
  ]);
  await migrate(postgres.ownerUrl, postgres.appUrl);

  const env = controlPlaneEnv({ port: options.port, kept, postgres, github });
  setEnv(parseEnv(env));
  await running.start("database connections", async () => {}, closeDatabase);
  await ensureOrganization(kept, github);
  const tokens = new Map<string, string>();
  for (const { name } of clusters) tokens.set(name, await ensureCluster(name, kept));

  const production = clusters.find(({ role }) => role === "eu-west-1-prod")!;
  const log = logTo(places.log("demo"));
  if (production.writable) {
    const environments = demoEnvironments.filter(
      ({ name, mode, cluster }) =>
        cluster === production.role && (name === "production" || mode === "observe"),
    );
    await running.start(
      "deploy-bot",
      async () => startDeployBot({ cluster: production, environments, engines, log }),
      (deployer) => deployer.stop(),
    );
  }

  await built;
  say("starting the control plane and an agent in each cluster");
  const cloneUrl = github.cloneUrl(repository.owner, repository.name);
  const gitToken = github.tokenOf(bot.login);
  const controlPlane = await startControlPlane(env, running);
  const agents = await Promise.all(
    clusters.map((cluster) =>
      startAgent({ cluster, token: tokens.get(cluster.name)!, url, cloneUrl, gitToken, engines }, running),
    ),
  );
  writeRunning({
    pid: process.pid,
    pids: [controlPlane.pid, ...agents.map(({ pid }) => pid)],
    url,
    cloneUrl,
    gitToken: github.tokenOf("alice"),
    kubectl: engines.kubectl,
    production: {
      cluster: production.name,
      kubeconfig: production.kubeconfig,
      context: production.context,
      writable: production.writable,
    },
  });

  const story = { kept, github, clusters, kubectl: engines.kubectl, log, signal };
  say("waiting until the environments have converged");
  const converged = await untilConverged(story, 60_000);
  if (!converged) say("not all environments have converged yet; their pages say why");
  welcome(url, kept);
  // The story goes on while one looks around already; it is a part like the others, and ends first.
  const told = playFirstMinutes(story).catch((error) => {
    if (!signal.aborted) log((error as Error).message);
  });
  await running.start(
    "the first minutes",
    async () => {},
    () => told,
  );
}

function welcome(url: string, kept: Kept) {
  const lines = [
    "",
    `Plumbline is ready at ${url}`,
    "",
    "  Sign in     with GitHub (a stand-in on this machine): choose alice, an admin of Family Insurance",
    `              or with the e-mail ${owner.email} and the password ${kept.ownerPassword}`,
    "  Look        production is deployed by another tool (deploy-bot, on commits only) and observed by",
    "              Plumbline, so what is changed by hand stays to be seen; staging, dev and payments are synced",
    "  Try         npm run demo:drift    changes production by hand, in another terminal",
    "              npm run demo:commit   pushes a commit",
    "  Stop        Ctrl-C; the next start finds everything as it was",
    "",
  ];
  console.log(lines.join("\n"));
}

/** One demo at a time; what a killed one left behind is ended first. */
async function takeFolder(options: DemoOptions): Promise<void> {
  const before = readRunning();
  if (before && before.pid !== process.pid && belongsTo(before.pid, "demo.ts"))
    throw new Error(
      `The demo runs already (process ${before.pid}${before.url && ` at ${before.url}`}). Stop it with Ctrl-C there.`,
    );
  if (before) await endLeftovers(before.pids, demoFolder);
  forgetRunning();
  if (options.reset) {
    say("forgetting the former demo");
    rmSync(demoFolder, { recursive: true, force: true });
  }
  writeRunning({ pid: process.pid, pids: [], url: "" });
}

function firstKept(): Kept {
  return {
    secret: randomBytes(32).toString("base64url"),
    webhookSecret: randomBytes(24).toString("base64url"),
    ownerPassword: randomBytes(12).toString("base64url"),
    tokens: {},
  };
}

const running = new Running();
const interrupted = new AbortController();
onStopSignal(() => {
  say("stopping");
  interrupted.abort();
  running.interrupt();
});
try {
  const options = readDemoOptions(process.argv.slice(2));
  if (options) {
    await Promise.race([bringUp(options, running, interrupted.signal), running.ending]);
    await running.ending;
  }
} catch (error) {
  if (!(error instanceof Interrupted)) {
    console.error(`plumbline: ${(error as Error).message}`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
} finally {
  interrupted.abort();
  await running.stop();
  if (readRunning()?.pid === process.pid) forgetRunning();
  process.exit();
}
