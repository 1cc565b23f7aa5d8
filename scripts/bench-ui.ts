import { parseArgs } from "node:util";
import { benchUi } from "../bench/ui.ts";
import { onStopSignal, Running } from "./processes/running.ts";

const all = ["pages", "filter", "routes", "memory"];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "3" },
    rounds: { type: "string", default: "40" },
  },
});
const unknown = positionals.find((part) => !all.includes(part));
if (unknown) {
  console.error(`There is no part "${unknown}"; there are ${all.join(", ")}.`);
  process.exit(2);
}
const parts = new Set(positionals.length ? positionals : all);
const running = new Running();
onStopSignal(() => running.interrupt());
try {
  const options = { minutes: Number(values.minutes), rounds: Number(values.rounds), parts };
  await Promise.race([benchUi(options, running, (line) => console.log(line)), running.ending]);
} finally {
  await running.stop();
}
process.exit(0);
