import type { KubeObject } from "../agent/object.ts";
import { eventually, startTestControlPlane } from "../agent/test-control-plane.ts";
import type { FieldChange } from "../lib/protocol/object.ts";
import { objectKey } from "../lib/protocol/object.ts";
import type { Report } from "../lib/protocol/report.ts";
import { asTime, median, quantile } from "./numbers.ts";
import { handEdit, keyOf } from "./objects.ts";
import type { Row } from "./table.ts";
import { agentVariables, startBundledAgent, type World } from "./world.ts";

const COUNT = 2000;
const WRITES = 240;
const AIM_MS = 250;
const LONGEST_MS = 30_000;

/**
 * From the sending of a write to the API server until the request with the report that shows it arrives at
 * the control plane: an upper bound, for the API server's own part of it is in it.
 */
export async function measureDelays(world: World, say: (line: string) => void): Promise<Row[]> {
  const sample = await world.prepare("delays", COUNT);
  let heard: (report: Report, at: number) => void = () => {};
  const server = await startTestControlPlane({ onReport: (report, at) => heard(report, at) });
  const agent = await startBundledAgent(agentVariables(world, "delays", sample, server.url));
  try {
    const known = () => [...(server.state.environments.get("delays")?.resources.values() ?? [])];
    await eventually(
      () =>
        known().length === COUNT &&
        known().every(({ sync, health }) => sync === "Synced" && health !== "Progressing"),
      120_000,
    );
    say(`${COUNT} objects are reported Synced; writing ${WRITES} times`);
    const delays: number[] = [];
    for (let write = 0; write < WRITES; write++) {
      // A third of each kind, and never twice the same object.
      const object = sample.objects[(write % 3) * Math.floor(COUNT * 0.35) + write] as KubeObject;
      const seen = new Promise<number>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`No report showed write ${write} to ${keyOf(object)} in ${LONGEST_MS} ms.`)),
          LONGEST_MS,
        );
        heard = (report, at) => {
          if (!shows(report, keyOf(object), `by-hand-${write}`)) return;
          clearTimeout(timer);
          resolve(at);
        };
      });
      const sent = performance.now();
      await world.edit(object, handEdit(object, write));
      delays.push((await seen) - sent);
      // Writes come at any point of what the agent does in turns.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
    }
    const p99 = quantile(delays, 0.99);
    return [
      {
        what: `API write to report, ${COUNT} objects, ${WRITES} writes: p50`,
        figure: asTime(median(delays)),
      },
      { what: "  p99", figure: asTime(p99), aim: `≤ ${asTime(AIM_MS)}`, met: p99 <= AIM_MS },
      { what: "  longest", figure: asTime(Math.max(...delays)) },
    ];
  } finally {
    await agent.stop();
    await server.close();
    await sample.close();
  }
}

/** Whether a report says that this object differs, with the value that was written. */
function shows(report: Report, key: string, value: string): boolean {
  const status = report.resources.find(({ ref }) => objectKey(ref) === key);
  return status?.sync === "Modified" && status.changes.some((change) => holds(change, value));
}

const holds = ({ observed }: FieldChange, value: string) =>
  JSON.stringify(observed ?? null).includes(`${value}"`);
