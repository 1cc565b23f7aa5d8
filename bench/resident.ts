import { setTimeout as pause } from "node:timers/promises";
import { eventually, startTestControlPlane } from "../agent/test-control-plane.ts";
import { objectKey } from "../lib/protocol/object.ts";
import { handEdit, keyOf } from "./objects.ts";
import { type Memory, memoryOf } from "./program.ts";
import type { Row } from "./table.ts";
import { agentVariables, startBundledAgent, type World } from "./world.ts";

const COUNT = 5000;
const AIM_MB = 128;
/** Settled: the resident memory of so many seconds lies within so many megabytes. */
const CALM = { seconds: 35, megabytes: 4, longest: 180 };

/** The resident memory of the bundled agent once it has settled at 5,000 objects, and has noticed an edit. */
export async function measureMemory(world: World, say: (line: string) => void): Promise<Row[]> {
  const sample = await world.prepare("memory", COUNT);
  const server = await startTestControlPlane();
  const agent = await startBundledAgent(agentVariables(world, "memory", sample, server.url));
  try {
    const known = () => server.state.environments.get("memory")?.resources ?? new Map();
    await eventually(
      () => known().size === COUNT && [...known().values()].every(({ sync }) => sync === "Synced"),
      180_000,
    );
    const planted = sample.objects.filter((_, index) => index % 100 === 0);
    for (const [index, object] of planted.entries()) await world.edit(object, handEdit(object, index));
    const differing = () => [...known().values()].filter(({ sync }) => sync !== "Synced");
    await eventually(() => differing().length >= planted.length);
    const found = new Set(differing().map(({ ref }) => objectKey(ref)));
    if (found.size !== planted.length || planted.some((object) => !found.has(keyOf(object))))
      throw new Error(`The agent found ${found.size} differences of ${planted.length} planted ones.`);
    const memory = await settled(agent.pid);
    say(`${COUNT} objects, ${planted.length} planted differences found`);
    return [
      {
        what: `agent's resident memory, ${COUNT} objects and what they made, settled`,
        figure: `${memory.resident.toFixed(0)} MB`,
        aim: `≤ ${AIM_MB} MB`,
        met: memory.resident <= AIM_MB,
      },
      {
        what: "  of it not backed by a file; most ever",
        figure: `${memory.anonymous.toFixed(0)} MB; ${memory.peak.toFixed(0)} MB`,
      },
    ];
  } finally {
    await agent.stop();
    await server.close();
    await sample.close();
  }
}

/** What a process holds once that has stood still for a while. */
export async function settled(pid: number): Promise<Memory> {
  const seen: number[] = [];
  for (let second = 0; second < CALM.longest; second++) {
    seen.push(memoryOf(pid).resident);
    const last = seen.slice(-CALM.seconds);
    if (last.length === CALM.seconds && Math.max(...last) - Math.min(...last) <= CALM.megabytes) break;
    await pause(1000);
  }
  return memoryOf(pid);
}
