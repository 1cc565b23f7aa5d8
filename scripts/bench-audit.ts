import { parseArgs } from "node:util";
import { benchAuditChain } from "../bench/audit-chain.ts";
import { onStopSignal, Running } from "./processes/running.ts";

const { values } = parseArgs({ options: { events: { type: "string", default: "1000000" } } });
const running = new Running();
onStopSignal(() => running.interrupt());
try {
  const bench = benchAuditChain(Number(values.events), running, (line) => console.log(line));
  await Promise.race([bench, running.ending]);
} finally {
  await running.stop();
}
process.exit(0);
