import { join } from "node:path";
import { eventually } from "../agent/test-control-plane.ts";
import { startService } from "../scripts/processes/service.ts";
import { type Cpu, cpuBetween, cpuOf } from "./cpu.ts";
import { runProgram } from "./program.ts";
import { environmentObjects, namespacesOf } from "./sync-objects.ts";
import type { Heard } from "./sync-receiver.ts";
import { type SyncWorld, startReceiver, syncVariables } from "./sync-world.ts";
import { imageSettings } from "./world.ts";

const LONGEST_MS = 600_000;
const OBJECTS = environmentObjects("any").length;

/** One rival's round: how long until all was applied, until it was healthy, and what it cost. */
export type Round = { appliedMs: number; convergedMs: number; cpu: Cpu };

/** Applies the environments with kubectl: from its start to its exit, then until every Deployment was looked at. */
export async function kubectlRound(world: SyncWorld, round: string, count: number): Promise<Round> {
  const names = namespacesOf(round, count);
  await world.makeNamespaces(names);
  const repository = await world.openRepository(round, count);
  repository.commit("1");
  await repository.close();
  const before = { ...world.cpu(), kubectl: cpuOf(process.pid, true) - cpuOf(process.pid) };
  const started = performance.now();
  const ended = await runProgram(world.engines.kubectl, [
    ...["--kubeconfig", world.cluster.kubeconfigPath, "apply", "--server-side", "-R"],
    ...["-f", join(repository.folder, "environments")],
  ]);
  if (ended.code !== 0) throw new Error(`kubectl apply failed: ${ended.stderr}`);
  const appliedMs = performance.now() - started;
  await eventually(() => allObserved(world, new Set(names)), LONGEST_MS);
  const convergedMs = performance.now() - started;
  const after = { ...world.cpu(), kubectl: cpuOf(process.pid, true) - cpuOf(process.pid) };
  return { appliedMs, convergedMs, cpu: cpuBetween(before, after) };
}

/** Whether the controllers have looked at every Deployment of these namespaces. */
async function allObserved(world: SyncWorld, names: ReadonlySet<string>): Promise<boolean> {
  const { items } = (await (await world.call("GET", "/apis/apps/v1/deployments")).json()) as {
    items: {
      metadata: { namespace: string; generation: number };
      status: { observedGeneration?: number };
    }[];
  };
  return items.every(
    ({ metadata, status }) =>
      !names.has(metadata.namespace) || status.observedGeneration === metadata.generation,
  );
}

/** A running agent that has converged every environment of its round. */
export type Converged = Awaited<ReturnType<typeof agentRound>>;

/** Lets one agent converge the environments: from the process's start until every one is reported converged. */
export async function agentRound(world: SyncWorld, round: string, count: number, flags: readonly string[]) {
  const names = namespacesOf(round, count);
  await world.makeNamespaces(names);
  const repository = await world.openRepository(round, count);
  const heard = new Map<string, Heard>();
  const receiver = await startReceiver((one) => heard.set(one.environment, one));
  const variables = syncVariables(world, round, names, {
    repository: repository.url,
    receiver: receiver.url,
  });
  const revision = repository.commit("1");
  const image = imageSettings();

  /** When the last environment was reported applied, and when the last one healthy, at a revision. */
  async function converged(wanted: string): Promise<{ applied: number; healthy: number }> {
    const applied = new Map<string, number>();
    const healthy = new Map<string, number>();
    await eventually(() => {
      for (const [name, one] of heard) {
        if (one.revision !== wanted || one.synced !== OBJECTS || !one.succeeded) continue;
        if (!applied.has(name)) applied.set(name, one.at);
        if (one.healthy === OBJECTS && !healthy.has(name)) healthy.set(name, one.at);
      }
      return healthy.size === count;
    }, LONGEST_MS);
    return { applied: Math.max(...applied.values()), healthy: Math.max(...healthy.values()) };
  }

  const before = { ...world.cpu(), "the bench's control plane": cpuOf(receiver.pid) };
  const started = performance.timeOrigin + performance.now();
  const agent = await startService({
    name: "the bundled agent",
    command: process.execPath,
    args: [...image.flags, ...flags, join(import.meta.dirname, "..", "dist", "agent", "main.js")],
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production" as const },
      ...image.variables,
      ...variables,
    },
    logPath: join(variables.PLUMBLINE_DATA_DIR, "..", "agent.log"),
  });
  try {
    const done = await Promise.race([
      converged(revision),
      agent.ended.then((how) => {
        throw new Error(`The agent ended by itself (${how}); its log is ${agent.logPath}.`);
      }),
    ]);
    const after = {
      ...world.cpu(),
      "the bench's control plane": cpuOf(receiver.pid),
      agent: cpuOf(agent.pid),
      "its git": cpuOf(agent.pid, true) - cpuOf(agent.pid),
    };
    const figures: Round = {
      appliedMs: done.applied - started,
      convergedMs: done.healthy - started,
      cpu: cpuBetween(before, after),
    };
    return {
      ...{ agent, names, repository, receiver, figures, converged },
      async close(): Promise<void> {
        if (!agent.isRunning()) return;
        await agent.stop();
        await receiver.close();
        await repository.close();
      },
    };
  } catch (error) {
    const reached = [...heard.values()].filter(({ synced }) => synced === OBJECTS).length;
    await agent.stop();
    await receiver.close();
    await repository.close();
    throw new Error(`${reached} of ${count} environments converged. ${(error as Error).message}`, {
      cause: error,
    });
  }
}
