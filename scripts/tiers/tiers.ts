import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "../build.ts";
import { runStep } from "../checks/run-step.ts";
import { ensureChromium } from "../engines/chromium.ts";
import { ensureEngines } from "../engines/engines.ts";
import { ensureKubeBinaries } from "../kube/binaries.ts";
import { type Counts, countPlaywright, countVitest } from "./count.ts";
import { isLeftOut } from "./left-out.ts";

/** How a tier ended; `note` says why where its numbers do not. */
export interface TierResult extends Counts {
  name: string;
  seconds: number;
  note: string;
}

/** A tier of docs/architecture.md: what it needs first, and how it is run. */
export interface Tier {
  name: string;
  prepare(say: (line: string) => void): Promise<Record<string, string | undefined>>;
  run(
    env: Record<string, string | undefined>,
    reportPath: string,
  ): Promise<{ ok: boolean; timedOut: boolean; counts: Counts }>;
}

const root = join(import.meta.dirname, "..", "..");
const reports = join(root, ".cache", "reports");
const minute = 60_000;

/** Puts the engines where tests find them by themselves. */
const engines: Tier["prepare"] = async (say) => {
  await ensureEngines(say);
  return {};
};

function vitestTier(name: string, timeoutMs: number, prepare: Tier["prepare"]): Tier {
  return {
    name,
    prepare,
    async run(env, reportPath) {
      const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", name];
      args.push("--reporter=default", "--reporter=json", `--outputFile.json=${reportPath}`);
      const { ok, timedOut } = await runStep({
        command: process.execPath,
        args,
        env,
        cwd: root,
        show: true,
        timeoutMs,
      });
      return { ok, timedOut, counts: countVitest(reportPath) };
    },
  };
}

const journey: Tier = {
  name: "journey",
  async prepare(say) {
    await ensureEngines(say);
    const chromium = await ensureChromium(say);
    await ensureBuilt(say);
    return { PLUMBLINE_CHROMIUM: chromium };
  },
  async run(env, reportPath) {
    const args = [
      join(root, "node_modules/@playwright/test/cli.js"),
      "test",
      "--config",
      "e2e/playwright.config.ts",
    ];
    args.push("--reporter=list,json");
    const { ok, timedOut } = await runStep({
      command: process.execPath,
      args,
      env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: reportPath, PLAYWRIGHT_JSON_OUTPUT_NAME: reportPath },
      cwd: root,
      show: true,
      timeoutMs: 35 * minute,
    });
    return { ok, timedOut, counts: countPlaywright(reportPath) };
  },
};

/** Every tier, cheapest first. */
export const tiers: Tier[] = [
  vitestTier("pure", 15 * minute, engines),
  vitestTier("data", 15 * minute, async () => ({})),
  vitestTier("cluster", 40 * minute, async (say) => {
    const env = await engines(say);
    await ensureKubeBinaries(say);
    return env;
  }),
  journey,
];

/**
 * Builds the control plane for the tiers that need one while those before them wait for this and that. What goes
 * wrong is told by the tier, which asks for the same.
 */
export function buildAhead(chosen: (name: string) => boolean, say: (line: string) => void): void {
  if (["cluster", "journey"].some((name) => chosen(name) && !isLeftOut(name)))
    ensureKubeBinaries(say).catch(() => {});
}

/** Prepares and runs one tier; whatever goes wrong is its result, never an exception. */
export async function runTier(tier: Tier, say: (line: string) => void): Promise<TierResult> {
  const begun = Date.now();
  const done = (counts: Counts, note: string): TierResult => ({
    name: tier.name,
    ...counts,
    note,
    seconds: Math.round((Date.now() - begun) / 1000),
  });
  const failed = (note: string, counts = { passed: 0, skipped: 0 }) =>
    done({ ...counts, failures: [`${tier.name} › ${note.split("\n")[0]}`] }, note);
  if (isLeftOut(tier.name))
    return done({ passed: 0, skipped: 1, failures: [] }, "left out: PLUMBLINE_SKIP_TIERS names it");
  mkdirSync(reports, { recursive: true });
  const reportPath = join(reports, `${tier.name}.json`);
  rmSync(reportPath, { force: true });
  if (tier.name === "journey" && !existsSync(join(root, "e2e/playwright.config.ts")))
    return failed("could not run: e2e/playwright.config.ts is not there");
  try {
    const { ok, timedOut, counts } = await tier.run(await tier.prepare(say), reportPath);
    const late = timedOut ? "it took too long and was ended" : "";
    // An error outside of any test still is a failure.
    if (!ok && counts.failures.length === 0) return failed(late || "failed outside of its tests", counts);
    return done(counts, late);
  } catch (error) {
    return failed(`could not run: ${(error as Error).message}`);
  }
}
