import { parseArgs } from "node:util";
import { benchHistory } from "../bench/history.ts";
import { onStopSignal, Running } from "./processes/running.ts";

const { values } = parseArgs({
  options: {
    small: { type: "string", default: "10000" },
    large: { type: "string", default: "10000000" },
    rounds: { type: "string", default: "300" },
  },
});
const [small, large, rounds] = [values.small, values.large, values.rounds].map(Number) as [
  number,
  number,
  number,
];
const running = new Running();
onStopSignal(() => running.interrupt());
try {
  const bench = benchHistory({ small, large, rounds }, running, (line) => console.log(line));
  await Promise.race([bench, running.ending]);
} finally {
  await running.stop();
}
process.exit(0);
