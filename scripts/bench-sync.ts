import { parseArgs } from "node:util";
import { benchSync } from "../bench/sync.ts";
import { onStopSignal, Running } from "./processes/running.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    environments: { type: "string" },
    rounds: { type: "string" },
    edits: { type: "string" },
    qps: { type: "string", default: "1000" },
    "agent-flags": { type: "string", default: "" },
  },
});
const { quick } = values;
const running = new Running();
onStopSignal(() => running.interrupt());
try {
  const bench = {
    environments: Number(values.environments ?? (quick ? 100 : 1000)),
    rounds: Number(values.rounds ?? (quick ? 1 : 2)),
    edits: Number(values.edits ?? (quick ? 30 : 240)),
    kubeApiQps: Number(values.qps),
    agentFlags: values["agent-flags"].split(" ").filter(Boolean),
    only: positionals,
  };
  await Promise.race([benchSync(bench, running, (line) => console.log(line)), running.ending]);
} finally {
  await running.stop();
}
process.exit(0);
