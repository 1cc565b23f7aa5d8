import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** How the tests of a tier ended: how many passed and were skipped, and each that failed, in a line of its own. */
export interface Counts {
  passed: number;
  skipped: number;
  /** Where, which test, and the first line of why. */
  failures: string[];
}

type VitestReport = {
  numPassedTests: number;
  numPendingTests: number;
  numTodoTests?: number;
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
};

type PlaywrightSuite = {
  suites?: PlaywrightSuite[];
  specs?: {
    title: string;
    file: string;
    ok: boolean;
    tests: { results: { errors?: { message?: string }[] }[] }[];
  }[];
};

type PlaywrightReport = {
  stats: { expected: number; flaky: number; skipped: number };
  suites?: PlaywrightSuite[];
  errors?: { message?: string }[];
};

/** Counts what vitest's JSON report says; a file that could not be run at all counts as one failure. */
export function countVitest(path: string): Counts {
  const report = read(path) as VitestReport;
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    if (status === "failed" && assertionResults.length === 0)
      return [failure(file, "could not be run", message)];
    return assertionResults
      .filter((test) => test.status === "failed")
      .map((test) => failure(file, test.fullName, test.failureMessages?.[0]));
  });
  return {
    passed: report.numPassedTests,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    failures,
  };
}

/** Counts what Playwright's JSON report says; a flaky test passed in the end, an error outside of a test failed. */
export function countPlaywright(path: string): Counts {
  const { stats, suites, errors } = read(path) as PlaywrightReport;
  const failed = (all: PlaywrightSuite[] = []): string[] =>
    all.flatMap(({ suites, specs = [] }) => [
      ...specs
        .filter(({ ok }) => !ok)
        .map(({ file, title, tests }) => {
          const why = tests.flatMap(({ results }) => results.flatMap(({ errors = [] }) => errors));
          return failure(file, title, why[0]?.message);
        }),
      ...failed(suites),
    ]);
  return {
    passed: stats.expected + stats.flaky,
    skipped: stats.skipped,
    failures: [
      ...failed(suites),
      ...(errors ?? []).map(({ message }) => failure("outside of any test", message)),
    ],
  };
}

function failure(...parts: (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined)
    .map((part) => stripVTControlCharacters(part).trim().split("\n")[0])
    .join(" › ");
}

function read(path: string): unknown {
  if (!existsSync(path)) throw new Error("it ended without a report");
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Adds counts up. */
export function sum(all: Counts[]): Counts {
  return {
    passed: all.reduce((total, { passed }) => total + passed, 0),
    skipped: all.reduce((total, { skipped }) => total + skipped, 0),
    failures: all.flatMap(({ failures }) => failures),
  };
}
