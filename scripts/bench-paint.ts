import { parseArgs } from "node:util";
import { benchPaint } from "../bench/paint.ts";
import { onStopSignal, Running } from "./processes/running.ts";

const { values } = parseArgs({
  options: { edits: { type: "string", default: "200" }, objects: { type: "string", default: "200" } },
});
const running = new Running();
onStopSignal(() => running.interrupt());
try {
  const say = (line: string) => console.log(line);
  await Promise.race([
    benchPaint(Number(values.edits), Number(values.objects), running, say),
    running.ending,
  ]);
} finally {
  await running.stop();
}
process.exit(0);
