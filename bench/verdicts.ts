import { startAgent } from "../agent/agent.ts";
import { readConfig } from "../agent/config.ts";
import type { KubeObject } from "../agent/object.ts";
import { eventually, startTestControlPlane } from "../agent/test-control-plane.ts";
import { objectKey, type ResourceStatus } from "../lib/protocol/object.ts";
import { asRange, asRatio, asTime, median } from "./numbers.ts";
import { handEdit, keyOf } from "./objects.ts";
import type { Row } from "./table.ts";
import { agentVariables, plumbDiff, type World } from "./world.ts";

const COUNT = 500;
const ROUNDS = 7;
/** So often in a row in each round is everything judged anew: it takes milliseconds. */
const TURNS = 5;
const AGENT = "plumbline-agent";
/** The agent looks at Git every two seconds, so this is several of its intervals. */
const STEADY_MS = 10_000;

/** Verdicts on 500 objects: the running agent and a cold `plumb diff`, beside `kubectl diff --server-side`. */
export async function measureVerdicts(world: World, say: (line: string) => void): Promise<Row[]> {
  const sample = await world.prepare("verdicts", COUNT);
  const server = await startTestControlPlane();
  const agent = await startAgent(readConfig(agentVariables(world, "verdicts", sample, server.url)), {
    writeLog: () => {},
  });
  try {
    const planted = await plant(world, sample.objects);
    say(`${sample.objects.length} objects, ${planted.length} of them edited or deleted by hand`);
    const [environment] = agent.environments();
    if (!environment) throw new Error("The agent follows no environment: its declaration was refused.");
    const judge = () => {
      environment.recompare();
      const verdicts = environment.compare();
      environment.publish();
      return verdicts;
    };
    await eventually(() => same(differing(environment.resources), planted), 60_000);

    const times = { kubectl: [] as number[], plumb: [] as number[], agent: [] as number[] };
    const asked = { kubectl: 0, plumb: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      let mark = world.audit.mark();
      const rival = await world.kubectl([
        ...["diff", "--server-side", "--force-conflicts", "-f", sample.folder],
      ]);
      asked.kubectl = world.audit.since(mark, "kubectl").requests;
      expectSame("kubectl diff", differingOfKubectl(rival.stdout), planted, rival.stderr);
      times.kubectl.push(rival.ms);

      mark = world.audit.mark();
      const cold = await plumbDiff(world, sample);
      asked.plumb = world.audit.since(mark, AGENT).requests;
      const { resources } = JSON.parse(cold.stdout || '{"resources":[]}') as { resources: ResourceStatus[] };
      expectSame("plumb diff", differing(resources), planted, cold.stderr);
      times.plumb.push(cold.ms);

      for (let turn = 0; turn < TURNS; turn++) {
        const started = performance.now();
        const verdicts = judge();
        times.agent.push(performance.now() - started);
        if (verdicts.length !== COUNT) throw new Error(`The agent judged ${verdicts.length} of ${COUNT}.`);
        expectSame("the agent", differing(verdicts), planted);
      }
    }

    const mark = world.audit.mark();
    const end = Date.now() + STEADY_MS;
    let judged = 0;
    while (Date.now() < end) {
      expectSame("the agent", differing(judge()), planted);
      judged += COUNT;
      server.hint({ reason: "push" });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const steady = world.audit.since(mark, AGENT);
    return rowsOf(times, asked, steady.requests, judged);
  } finally {
    await agent.stop();
    await server.close();
    await sample.close();
  }
}

function rowsOf(
  times: { kubectl: number[]; plumb: number[]; agent: number[] },
  asked: { kubectl: number; plumb: number },
  steady: number,
  judged: number,
): Row[] {
  const rival = median(times.kubectl);
  return [
    {
      what: `kubectl diff --server-side, ${COUNT} objects (${asked.kubectl} API requests)`,
      figure: asRange(times.kubectl),
      ratio: "1×",
    },
    {
      what: `running agent, all ${COUNT} judged anew`,
      figure: asRange(times.agent),
      ratio: asRatio(rival, median(times.agent)),
      aim: "100×",
      met: rival / median(times.agent) >= 100,
    },
    {
      what: `  its API requests in ${asTime(STEADY_MS)} of steady state, ${judged} verdicts (watches excluded)`,
      figure: String(steady),
      aim: "0",
      met: steady === 0,
    },
    {
      what: `cold plumb diff, start to exit (${asked.plumb} API requests)`,
      figure: asRange(times.plumb),
      ratio: asRatio(rival, median(times.plumb)),
      aim: "5×",
      met: rival / median(times.plumb) >= 5,
    },
  ];
}

/** Edits and deletes some objects of each kind by hand; answers which, sorted. */
async function plant(world: World, objects: readonly KubeObject[]): Promise<string[]> {
  const planted: string[] = [];
  for (const [index, object] of objects.entries()) {
    if (index % 20 !== 3) continue;
    if (index % 100 === 3) await world.remove(object);
    else await world.edit(object, handEdit(object, index));
    planted.push(keyOf(object));
  }
  return planted.sort();
}

const differing = (verdicts: readonly ResourceStatus[]): string[] =>
  verdicts
    .filter(({ sync }) => sync !== "Synced")
    .map(({ ref }) => objectKey(ref))
    .sort();

/** kubectl names its two files `group.version.Kind.namespace.name`; none of our names has a dot in it. */
function differingOfKubectl(output: string): string[] {
  const files = output.matchAll(/^diff -u -N \S+\/(\S+) \S+$/gm);
  return [...files]
    .map(([, file = ""]) => {
      const parts = file.split(".");
      const [kind, namespace, name] = parts.slice(-3);
      return objectKey({
        group: parts.slice(0, -4).join("."),
        version: "",
        kind: kind ?? "",
        namespace: namespace ?? "",
        name: name ?? "",
      });
    })
    .sort();
}

const same = (found: readonly string[], planted: readonly string[]) => found.join() === planted.join();

function expectSame(who: string, found: readonly string[], planted: readonly string[], complaint = ""): void {
  if (same(found, planted)) return;
  const missed = planted.filter((key) => !found.includes(key));
  const invented = found.filter((key) => !planted.includes(key));
  throw new Error(
    `${who} did not find the planted differences: missed ${missed.join(", ") || "none"}; ` +
      `named without reason ${invented.join(", ") || "none"}. ${complaint.slice(0, 2000)}`,
  );
}
