import { ensureChromium } from "./engines/chromium.ts";
import { ensureEngines } from "./engines/engines.ts";
import { ensurePromtool } from "./engines/promtool.ts";
import { ensureKubeBinaries } from "./kube/binaries.ts";

const say = (line: string) => console.log(`plumbline: ${line}`);
const parts: [string, () => Promise<unknown>][] = [
  ["helm, kubectl and git", () => ensureEngines(say)],
  ["a Chromium for the journeys", () => ensureChromium(say)],
  ["promtool for the alert rules", () => ensurePromtool(say)],
  ["a real Kubernetes control plane for the cluster tier", () => ensureKubeBinaries(say)],
];

let failed = 0;
for (const [name, ensure] of parts) {
  try {
    await ensure();
    say(`${name}: there`);
  } catch (error) {
    failed++;
    console.error(`plumbline: ${name}: ${(error as Error).message}`);
  }
}
process.exit(failed > 0 ? 1 : 0);
