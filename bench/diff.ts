import { cpus, loadavg } from "node:os";
import type { Running } from "../scripts/processes/running.ts";
import { measureDelays } from "./delays.ts";
import { measureMemory } from "./resident.ts";
import { printTable, type Row } from "./table.ts";
import { measureVerdicts } from "./verdicts.ts";
import { buildBundle, KUBE_API_QPS, openWorld } from "./world.ts";

const parts = { verdicts: measureVerdicts, delays: measureDelays, memory: measureMemory };

/** The parts that can be measured by themselves. */
export const partNames = Object.keys(parts) as (keyof typeof parts)[];

/** Measures the agent on a real API server beside `kubectl diff --server-side`, and prints a table. */
export async function benchDiff(
  names: readonly (keyof typeof parts)[],
  running: Running,
  say: (line: string) => void,
): Promise<void> {
  await buildBundle();
  const before = loadavg();
  const world = await running.start(
    "the cluster",
    () => openWorld(say),
    (one) => one.close(),
  );
  const rows: Row[] = [];
  for (const name of names) rows.push(...(await parts[name](world, say)));
  const version = await world.must(["version", "-o", "json"]);
  const { clientVersion, serverVersion } = JSON.parse(version);
  const [cpu] = cpus();
  say("");
  say(
    `${cpus().length} × ${cpu?.model.trim() ?? "processor"}, Node ${process.versions.node}, ` +
      `kubectl ${clientVersion.gitVersion}, kube-apiserver ${serverVersion.gitVersion}, ` +
      `--kube-api-qps=${KUBE_API_QPS}, audit log on`,
  );
  say(`load average ${before[0]?.toFixed(1)} at the start, ${loadavg()[0]?.toFixed(1)} at the end`);
  say("");
  printTable(rows, say);
}
