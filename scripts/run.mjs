// The only file that runs on whatever Node a fresh machine has: installs what the lock file
// names, then hands over to scripts/<name>.ts under the Node that came with it.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name, ...args] = process.argv.slice(2);
// Prisma's schema engine is a download; ours is WebAssembly from the lock file (scripts/migrate.ts).
const env = {
  ...process.env,
  PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  CHECKPOINT_DISABLE: "1",
};

function step(label, stampFile, inputs, command, commandArgs, output) {
  const hash = createHash("sha256");
  for (const file of inputs) hash.update(readFileSync(join(root, file)));
  const digest = hash.digest("hex");
  const stamp = join(root, "node_modules", ".plumbline", stampFile);
  if (existsSync(join(root, output)) && existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  console.log(`plumbline: ${label}`);
  const result = spawnSync(command, commandArgs, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
  if (result.status !== 0) {
    console.error(
      `plumbline: "${command} ${commandArgs.join(" ")}" failed; nothing was started. Mend that and run the command again.`,
    );
    process.exit(result.status ?? 1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

step(
  "installing packages",
  "packages",
  // It names what every package.json asks for; what else stands in those, scripts say, installs nothing.
  ["package-lock.json"],
  "npm",
  ["ci", "--no-audit", "--no-fund", "--loglevel=error"],
  "node_modules/.bin/node",
);
env.PATH = [join(root, "node_modules", ".bin"), env.PATH].join(delimiter);
step(
  "generating the database client",
  "prisma",
  ["prisma/schema.prisma"],
  join(root, "node_modules/.bin/prisma"),
  ["generate"],
  "prisma/generated/client.ts",
);

const child = spawn(join(root, "node_modules/.bin/node"), [join(root, "scripts", `${name}.ts`), ...args], {
  cwd: root,
  env: { ...env, PLUMBLINE_PARENT: String(process.pid) },
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
// A signal to npm ends npm's shell and not us, so we look for ourselves whether our parent is still there.
const parent = process.ppid;
if (process.env.npm_lifecycle_event)
  setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 500).unref();
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
