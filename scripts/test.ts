import { printCheck, runChecks } from "./checks/checks.ts";
import { type Counts, sum } from "./tiers/count.ts";
import { buildAhead, runTier, type TierResult, tiers } from "./tiers/tiers.ts";

const say = (line: string) => console.log(`plumbline: ${line}`);
const known = ["checks", ...tiers.map(({ name }) => name)];
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`plumbline: there is no tier ${unknown.join(", ")}; there are ${known.join(", ")}.`);
  process.exit(2);
}
const chosen = (name: string) => wanted.length === 0 || wanted.includes(name);
const results: TierResult[] = [];

buildAhead(chosen, say);
if (chosen("checks")) results.push(await check());
for (const tier of tiers.filter(({ name }) => chosen(name))) {
  heading(tier.name);
  const result = await runTier(tier, say);
  results.push(result);
  console.log(`${tier.name}: ${numbers(result)}${result.note && ` (${result.note})`}`);
}

const total = sum(results);
heading("all tiers");
for (const result of results)
  console.log(
    [
      result.failures.length > 0 ? "FAIL" : "ok  ",
      result.name.padEnd(8),
      numbers(result).padEnd(38),
      `${result.seconds} s`,
      result.note.split("\n")[0],
    ]
      .join("  ")
      .trimEnd(),
  );
console.log("");
// Named once more: the tiers after the one that failed have written much in between.
for (const failure of total.failures) console.log(`FAIL  ${failure}`);
console.log(numbers(total));
process.exitCode = total.failures.length > 0 ? 1 : 0;

async function check(): Promise<TierResult> {
  heading("checks");
  const begun = Date.now();
  const checks = await runChecks(printCheck);
  const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  return {
    name: "checks",
    passed: checks.length - failed.length,
    skipped: 0,
    failures: failed.map((name) => `checks › ${name}`),
    note: failed.join(", "),
    seconds: Math.round((Date.now() - begun) / 1000),
  };
}

function heading(name: string) {
  console.log(`\n── ${name} ${"─".repeat(Math.max(0, 70 - name.length))}`);
}

function numbers({ passed, failures, skipped }: Counts): string {
  return `${passed} passed, ${failures.length} failed, ${skipped} skipped`;
}
