import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countPlaywright, countVitest, sum } from "./count.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-count-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function report(content: unknown): string {
  const path = join(folder, "report.json");
  writeFileSync(path, JSON.stringify(content));
  return path;
}

test("each test that failed is named with its first line, and a file that could not be run is a failure too", () => {
  const passed = { fullName: "says yes", status: "passed", failureMessages: [] };
  const path = report({
    numPassedTests: 5,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [
      {
        name: join(process.cwd(), "lib/one.test.ts"),
        status: "failed",
        assertionResults: [
          passed,
          {
            fullName: "says no",
            status: "failed",
            failureMessages: ["\u001b[31mError: expected 1 to be 2\u001b[39m\n    at lib/one.test.ts:3"],
          },
        ],
      },
      {
        name: join(process.cwd(), "lib/two.test.ts"),
        status: "failed",
        message: "Cannot find ./three.ts\n",
        assertionResults: [],
      },
      { name: join(process.cwd(), "lib/four.test.ts"), status: "passed", assertionResults: [passed] },
    ],
  });
  expect(countVitest(path)).toEqual({
    passed: 5,
    skipped: 3,
    failures: [
      "lib/one.test.ts › says no › Error: expected 1 to be 2",
      "lib/two.test.ts › could not be run › Cannot find ./three.ts",
    ],
  });
});

test("a flaky journey passed in the end; an error outside of all journeys is a failure", () => {
  const stats = { expected: 3, unexpected: 1, flaky: 1, skipped: 2 };
  const spec = (title: string, ok: boolean, message: string) => ({
    title,
    file: "a.spec.ts",
    ok,
    tests: [{ results: [{ errors: [{ message }] }] }],
  });
  const inner = {
    specs: [spec("follows it", false, "Error: timed out\n  waiting"), spec("flaky", true, "Error")],
  };
  expect(
    countPlaywright(report({ stats, suites: [{ suites: [inner] }], errors: [{ message: "No tests" }] })),
  ).toEqual({
    passed: 4,
    skipped: 2,
    failures: ["a.spec.ts › follows it › Error: timed out", "outside of any test › No tests"],
  });
});

test("a tier without a report is an error, not nothing", () => {
  expect(() => countVitest(join(folder, "none.json"))).toThrow("without a report");
});

test("tiers add up", () => {
  const one = { passed: 1, skipped: 3, failures: ["a"] };
  expect(sum([one, one])).toEqual({ passed: 2, skipped: 6, failures: ["a", "a"] });
  expect(sum([])).toEqual({ passed: 0, skipped: 0, failures: [] });
});
