import { parseArgs } from "node:util";
import { benchWebhooks } from "../bench/webhooks.ts";
import { onStopSignal, Running } from "./processes/running.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "5000" },
    connections: { type: "string", default: "4" },
  },
});
const running = new Running();
onStopSignal(() => running.interrupt());
try {
  const options = { count: Number(values.count), connections: Number(values.connections) };
  await Promise.race([benchWebhooks(options, running, (line) => console.log(line)), running.ending]);
} finally {
  await running.stop();
}
process.exit(0);
