import { join } from "node:path";
import { printCheck, runChecks } from "./checks/checks.ts";
import { runStep } from "./checks/run-step.ts";

const root = join(import.meta.dirname, "..");
const results = await runChecks(printCheck);
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const { ok, seconds, output } = await runStep({
  command: process.execPath,
  args: [vitest, "run", "--project", "pure", "--reporter=dot"],
  env: { NO_COLOR: "1", FORCE_COLOR: undefined },
  cwd: root,
  show: false,
  timeoutMs: 300_000,
});
printCheck({ name: "pure tests", ok, seconds, output });
const failed = [...results, { name: "pure tests", ok }].filter((one) => !one.ok).map(({ name }) => name);
console.log(failed.length === 0 ? "verify: everything holds" : `verify: FAILED: ${failed.join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1);
