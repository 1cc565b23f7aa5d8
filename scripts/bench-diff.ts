import { benchDiff, partNames } from "../bench/diff.ts";
import { onStopSignal, Running } from "./processes/running.ts";

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const unknown = wanted.filter((name) => !partNames.some((one) => one === name));
if (unknown.length > 0) {
  console.error(
    `plumbline: there is nothing to measure called ${unknown.join(", ")}: ${partNames.join(", ")}.`,
  );
  process.exit(2);
}
const running = new Running();
onStopSignal(() => running.interrupt());
const names = partNames.filter((name) => wanted.length === 0 || wanted.includes(name));
try {
  await Promise.race([benchDiff(names, running, (line) => console.log(line)), running.ending]);
} finally {
  await running.stop();
}
process.exit(0);
