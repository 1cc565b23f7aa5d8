import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const project = join(import.meta.dirname, "..", "..");
const command = join(project, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
const config = join(project, ".dependency-cruiser.mjs");
const roots = ["app", "components", "lib", "agent", "e2e", "scripts", "bench", "server.ts", "proxy.ts"];

/** An import that the dependency rule forbids. */
export interface Violation {
  rule: string;
  from: string;
  to: string;
}

/** What was looked at, and what is wrong with it. */
export interface BoundaryReport {
  /** Source files of ours that were read. */
  modules: number;
  violations: Violation[];
}

/** Holds the sources below `root` to .dependency-cruiser.mjs. Throws when they cannot be read at all. */
export async function checkBoundaries(root = project): Promise<BoundaryReport> {
  const there = roots.filter((path) => existsSync(join(root, path)));
  const args = [command, ...there, "--config", config, "--output-type", "json"];
  const said = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 256 << 20 }, (error, stdout, stderr) => {
      if (stdout.startsWith("{")) resolve(stdout);
      else reject(new Error(`dependency-cruiser failed: ${stderr.trim() || error?.message || stdout}`));
    });
  });
  const { modules, summary } = JSON.parse(said) as {
    modules: { source: string }[];
    summary: { violations: { rule: { name: string }; from: string; to: string }[] };
  };
  return {
    modules: modules.filter(({ source }) => /\.tsx?$/.test(source) && !source.includes("node_modules/"))
      .length,
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}

/** The names of all rules. */
export async function boundaryRules(): Promise<string[]> {
  const { default: rules } = (await import(pathToFileURL(config).href)) as {
    default: { forbidden: { name: string }[] };
  };
  return rules.forbidden.map(({ name }) => name);
}
