import { existsSync, readFileSync } from "node:fs";

/** How many tests of a tier ended which way. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts what vitest's JSON report says; a file that could not be run at all counts as one failure. */
export function countVitest(path: string): Counts {
  const report = read(path) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests?: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
}

/** Counts what Playwright's JSON report says; a flaky test passed in the end, an error outside of a test failed. */
export function countPlaywright(path: string): Counts {
  const { stats, errors } = read(path) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
    errors?: unknown[];
  };
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + (errors?.length ?? 0),
    skipped: stats.skipped,
  };
}

function read(path: string): unknown {
  if (!existsSync(path)) throw new Error("it ended without a report");
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Adds counts up. */
export function sum(all: Counts[]): Counts {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of all) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}
