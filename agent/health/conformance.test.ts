import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { KubeObject } from "../object.ts";
import { healthOf } from "./index.ts";

const folder = process.env.CONFORMANCE_DIR ?? join(import.meta.dirname, "../../../shared/conformance");
const file = join(folder, "health/cases.jsonl");
const missing = !existsSync(file);
const atLeast = 0.95;

type Case = { case: string; object: KubeObject; expect: { status: string; message: string } };

it.skipIf(missing)(
  `agrees with at least ${atLeast * 100}% of the cases that nobody here wrote${missing ? " (skipped: no conformance data)" : ""}`,
  () => {
    const cases = readFileSync(file, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Case);
    const wrong = cases.flatMap((one) => {
      const health = healthOf(one.object);
      return health.status === one.expect.status
        ? []
        : [`${one.case}: ${health.status}, not ${one.expect.status} — ${health.message}`];
    });
    const share = 1 - wrong.length / cases.length;
    console.log(
      `health conformance: ${cases.length - wrong.length} of ${cases.length} (${(share * 100).toFixed(1)}%)`,
    );
    if (process.env.CONFORMANCE_VERBOSE) console.log(wrong.join("\n"));
    expect(share).toBeGreaterThanOrEqual(atLeast);
  },
);
