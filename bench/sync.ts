import { cpus, loadavg } from "node:os";
import type { Running } from "../scripts/processes/running.ts";
import { cpuText } from "./cpu.ts";
import { asTime, median } from "./numbers.ts";
import { memoryOf } from "./program.ts";
import { settled } from "./resident.ts";
import { measureHealing } from "./sync-heal.ts";
import { measurePush } from "./sync-push.ts";
import { agentRound, type Converged, kubectlRound, type Round } from "./sync-rounds.ts";
import { openSyncWorld } from "./sync-world.ts";
import { printTable, type Row } from "./table.ts";
import { buildBundle } from "./world.ts";

/** How much is measured. */
export type SyncBench = {
  environments: number;
  rounds: number;
  edits: number;
  kubeApiQps: number;
  /** Added to the agent's Node flags: a profiler. */
  agentFlags: readonly string[];
  only: readonly string[];
};

const MOST_MEGABYTES = 110;
const MOST_P99_MS = 1000;

/** Measures one agent that converges many environments beside `kubectl apply --server-side`, and prints a table. */
export async function benchSync(
  bench: SyncBench,
  running: Running,
  say: (line: string) => void,
): Promise<void> {
  await buildBundle();
  const loadBefore = loadavg();
  const wants = (part: string) => bench.only.length === 0 || bench.only.includes(part);
  const rounds: { kubectl: Round[]; agent: Round[] } = { kubectl: [], agent: [] };
  const rows: Row[] = [];
  let versions = "";
  for (let index = 0; index < bench.rounds; index++) {
    // A cluster for each round, so that both rivals find as much, and as little, in every one.
    const world = await running.start(
      "the cluster",
      () => openSyncWorld({ kubeApiQps: bench.kubeApiQps, say }),
      (one) => one.close(),
    );
    const kubectl = async () => {
      const round = await kubectlRound(world, `kubectl${index}`, bench.environments);
      rounds.kubectl.push(round);
      say(
        `kubectl: ${asTime(round.appliedMs)}, looked at after ${asTime(round.convergedMs)}; ${cpuText(round.cpu)}`,
      );
    };
    const last = index === bench.rounds - 1;
    const agent = async (then: (converged: Converged) => Promise<void>) => {
      const converged = await running.start(
        "the agent",
        () => agentRound(world, `agent${index}`, bench.environments, bench.agentFlags),
        (one) => one.close(),
      );
      const { figures } = converged;
      rounds.agent.push(figures);
      say(
        `agent: ${asTime(figures.appliedMs)}, healthy after ${asTime(figures.convergedMs)}; ${cpuText(figures.cpu)}`,
      );
      await then(converged);
      await converged.close();
    };
    const rest = async (converged: Converged) => {
      if (!last) return;
      if (wants("push")) rows.push(...(await measurePush(world, converged, say)));
      if (wants("heal"))
        rows.push(...(await measureHealing(world, converged, bench.edits, MOST_P99_MS, say)));
      if (wants("memory")) {
        const memory = await settled(converged.agent.pid);
        rows.push({
          what: "agent's resident memory, settled after all of it",
          figure: `${memory.resident.toFixed(0)} MB`,
          aim: `≤ ${MOST_MEGABYTES} MB`,
          met: memory.resident <= MOST_MEGABYTES,
        });
        rows.push({
          what: "  of it not backed by a file; most ever",
          figure: `${memory.anonymous.toFixed(0)} MB; ${memory.peak.toFixed(0)} MB`,
        });
      } else say(`agent's memory: ${JSON.stringify(memoryOf(converged.agent.pid))}`);
    };
    // Alternately, so that neither always finds the cluster that the other has warmed up.
    if (index % 2 === 0) await kubectl();
    await agent(rest);
    if (index % 2 === 1) await kubectl();
    versions = await (await world.call("GET", "/version")).text();
    await world.close();
  }
  const applied = median(rounds.kubectl.map(({ appliedMs }) => appliedMs));
  const of = (pick: (round: Round) => number, list: Round[]) => median(list.map(pick));
  const ours = of(({ convergedMs }) => convergedMs, rounds.agent);
  const share = ours / applied;
  const objects = bench.environments * 4;
  const { gitVersion } = JSON.parse(versions) as { gitVersion: string };
  say("");
  say(
    `${cpus().length} × ${cpus()[0]?.model.trim() ?? "processor"}, Node ${process.versions.node}, kube-apiserver ${gitVersion}, ` +
      `--kube-api-qps=${bench.kubeApiQps}, ${bench.rounds} rounds`,
  );
  say(`load average ${loadBefore[0]?.toFixed(1)} at the start, ${loadavg()[0]?.toFixed(1)} at the end`);
  say("");
  printTable(
    [
      { what: `kubectl apply --server-side, ${objects} objects`, figure: asTime(applied), ratio: "1×" },
      {
        what: "  until every Deployment was looked at",
        figure: asTime(of(({ convergedMs }) => convergedMs, rounds.kubectl)),
      },
      {
        what: `one agent, ${bench.environments} environments: converged`,
        figure: asTime(ours),
        ratio: `${share.toFixed(2)}×`,
        aim: "≤ 1.0×",
        met: share <= 1,
      },
      {
        what: "  every environment reported as applied",
        figure: asTime(of(({ appliedMs }) => appliedMs, rounds.agent)),
      },
      ...rows,
    ],
    say,
  );
}
