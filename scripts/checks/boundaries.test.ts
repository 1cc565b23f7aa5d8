import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { boundaryRules, checkBoundaries } from "./boundaries.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "plumbline-boundaries-"));
  file("tsconfig.json", "{}");
  for (const name of ["pg", "zod", "@octokit/rest", "@kubernetes/client-node"]) {
    file(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
    file(`node_modules/${name}/index.js`, "export default 1;");
  }
  file("package.json", JSON.stringify({ name: "house", type: "module" }));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function file(path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** One broken import for each rule: the file that must not, and what it imports. */
const broken: Record<string, [from: string, to: string]> = {
  "no-circular": ["lib/ring/a.ts", "../ring/b.ts"],
  "lib-stays-below": ["lib/clusters/list.ts", "../../app/page.tsx"],
  "protocol-imports-only-zod": ["lib/protocol/report.ts", "../errors.ts"],
  "agent-imports-only-protocol": ["agent/loop.ts", "../lib/errors.ts"],
  "components-stay-browser-safe": ["components/clusters/view.tsx", "../../lib/errors.ts"],
  "pure-stays-pure": ["lib/environments/rules.ts", "pg"],
  "only-db-touches-prisma": ["lib/syncs/record.ts", "../../prisma/generated/client.ts"],
  "only-github-imports-octokit": ["lib/repositories/open.ts", "@octokit/rest"],
  "only-cluster-imports-kubernetes": ["agent/apply/apply.ts", "@kubernetes/client-node"],
  "verbs-enqueue-jobs-handle": ["lib/pull-requests/open.ts", "../jobs/worker.ts"],
  "pages-hold-no-database": ["app/api/route.ts", "../../lib/db.ts"],
  "agent-pure": ["agent/diff/compare.ts", "node:fs"],
};

function standing() {
  const targets = ["lib/errors.ts", "lib/db.ts", "lib/jobs/worker.ts", "prisma/generated/client.ts"];
  for (const path of targets) file(path, "export default 1;\n");
  file("app/page.tsx", "export default () => <p>house</p>;\n");
  file("lib/ring/b.ts", 'import one from "./a.ts";\nexport default one;\n');
}

test.each(Object.entries(broken))("%s reports the import that breaks it", async (rule, [from, to]) => {
  standing();
  file("lib/ring/a.ts", "export default 1;\n");
  file(from, `import type one from ${JSON.stringify(to)};\nexport default 1 as unknown as typeof one;\n`);
  const { violations } = await checkBoundaries(root);
  expect(violations.map((one) => one.rule)).toContain(rule);
  expect(violations.filter((one) => one.rule === rule).map((one) => one.from)).toContain(from);
});

test("every rule is shown to fail above", async () => {
  expect(Object.keys(broken).sort()).toEqual((await boundaryRules()).sort());
});

test("a house in order has no violations, and its files are counted", async () => {
  standing();
  file("lib/ring/a.ts", "export default 1;\n");
  file("lib/protocol/report.ts", 'import zod from "zod";\nexport default zod;\n');
  file("lib/syncs/record.ts", 'import db from "../db.ts";\nexport default db;\n');
  expect(await checkBoundaries(root)).toEqual({ modules: 8, violations: [] });
});
