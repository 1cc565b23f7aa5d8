import { join } from "node:path";
import { checkBoundaries } from "./boundaries.ts";
import { runStep } from "./run-step.ts";

/** The outcome of one check: what to show of it. */
export interface CheckResult {
  name: string;
  ok: boolean;
  seconds: number;
  output: string;
}

const root = join(import.meta.dirname, "..", "..");
const bin = (name: string) => join(root, "node_modules/.bin", name);
/** Fewer sources than this and dependency-cruiser has not read the project: its rules would hold for nothing. */
const leastModules = 100;

const program = (command: string, args: string[]) => async () => {
  const { ok, output } = await runStep({
    command: bin(command),
    args,
    cwd: root,
    show: false,
    timeoutMs: 300_000,
  });
  return { ok, output };
};

const checks: [name: string, run: () => Promise<{ ok: boolean; output: string }>][] = [
  ["format and lint", program("biome", ["check", "--colors=off", "."])],
  ["boundaries", boundaries],
  ["types", program("tsc", ["--noEmit", "-p", "."])],
  ["unused exports and packages", program("knip", ["--no-progress"])],
];

/** Runs every check, telling of each as it ends. */
export async function runChecks(tell: (result: CheckResult) => void): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [name, run] of checks) {
    const begun = Date.now();
    const { ok, output } = await run().catch((error: Error) => ({ ok: false, output: error.message }));
    const result = { name, ok, output, seconds: Math.round((Date.now() - begun) / 100) / 10 };
    tell(result);
    results.push(result);
  }
  return results;
}

async function boundaries() {
  const { modules, violations } = await checkBoundaries();
  const lines = violations.map(({ rule, from, to }) => `${rule}: ${from} imports ${to}`);
  if (modules < leastModules)
    lines.push(
      `Only ${modules} sources were read, so the boundaries checked next to nothing; see the "parser" option.`,
    );
  return { ok: lines.length === 0, output: lines.join("\n") };
}

const mostLines = 80;

/** Prints one check's line, and what it complained about. */
export function printCheck({ name, ok, seconds, output }: CheckResult): void {
  console.log(`${ok ? "ok  " : "FAIL"}  ${name} (${seconds} s)`);
  if (ok) return;
  const lines = output.trim().split("\n");
  for (const line of lines.slice(0, mostLines)) console.log(`      ${line}`);
  if (lines.length > mostLines) console.log(`      … and ${lines.length - mostLines} more lines`);
}
