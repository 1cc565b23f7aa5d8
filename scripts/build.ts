import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Log, withLock } from "./engines/cache-folder.ts";

const root = join(import.meta.dirname, "..");
const sources = [
  "app",
  "components",
  "lib",
  "prisma/schema.prisma",
  "proxy.ts",
  "next.config.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
];

/** Builds the pages unless nothing they are made from has changed since the last build; throws with what Next said. */
export async function ensureBuilt(log: Log, signal?: AbortSignal): Promise<void> {
  mkdirSync(join(root, ".next"), { recursive: true });
  await withLock(join(root, ".next", "plumbline.lock"), log, async () => {
    const stamp = join(root, ".next", "plumbline.stamp");
    const digest = digestOfSources();
    const isBuilt = existsSync(join(root, ".next", "BUILD_ID"));
    if (isBuilt && existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
    log("building the pages");
    await build(signal);
    writeFileSync(stamp, digest);
  });
}

function build(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "node_modules/next/dist/bin/next"), "build"], {
      cwd: root,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const abort = () => process.kill(-child.pid!, "SIGKILL");
    signal?.addEventListener("abort", abort, { once: true });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        said = (said + chunk).slice(-6000);
      });
    child.once("error", reject);
    child.once("close", (code) => {
      signal?.removeEventListener("abort", abort);
      if (code === 0) resolve();
      else reject(new Error(`"next build" failed (${code}). It said:\n${said.trim()}`));
    });
  });
}

function digestOfSources(): string {
  const hash = createHash("sha256");
  for (const source of sources) addTo(hash, source);
  return hash.digest("hex");
}

function addTo(hash: ReturnType<typeof createHash>, path: string) {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (found?.isDirectory()) {
    for (const entry of readdirSync(join(root, path)).sort())
      if (!/\.test\.tsx?$/.test(entry)) addTo(hash, `${path}/${entry}`);
  } else if (found) hash.update(`${path}\0`).update(readFileSync(join(root, path)));
}
