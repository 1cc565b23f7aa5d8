import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder, type Environment, type Log, withLock } from "./cache-folder.ts";
import { findOnPath, isExecutable } from "./find-on-path.ts";

const run = promisify(execFile);
const wayOut =
  "Put promtool (a part of Prometheus, 2.42 or newer) on PATH, or set PLUMBLINE_PROMTOOL to its path.";

/**
 * The checker of Prometheus rules: `PLUMBLINE_PROMTOOL`, one on PATH, or the one in Debian's package `prometheus`,
 * which is unpacked into the cache folder and not installed: no service is started, and root is not needed.
 */
export async function ensurePromtool(log: Log, env: Environment = process.env): Promise<string> {
  const override = env.PLUMBLINE_PROMTOOL;
  if (override) {
    if (isExecutable(override)) return override;
    throw new Error(
      `PLUMBLINE_PROMTOOL is ${override}, which is not an executable file. Correct it, or unset it.`,
    );
  }
  const present = findOnPath(["promtool"], env);
  if (present) return present;
  const folder = join(cacheFolder(env), "engines", "prometheus");
  const target = join(folder, "promtool");
  if (isExecutable(target)) return target;
  if (!existsSync("/etc/debian_version"))
    throw new Error(`promtool was not found, and it is fetched by itself only on Debian. ${wayOut}`);
  return withLock(join(folder, ".promtool.lock"), log, async () => {
    if (!isExecutable(target)) await unpack(folder, target, log, env);
    return target;
  });
}

async function unpack(folder: string, target: string, log: Log, env: Environment): Promise<void> {
  log("fetching promtool from Debian's package prometheus (apt-get download)");
  const scratch = await mkdtemp(join(folder, "partial-"));
  try {
    const file = await download(scratch, env).catch((error: Error & { stderr?: string }) => {
      throw new Error(`Debian's package prometheus could not be fetched. ${wayOut}\n${said(error)}`, {
        cause: error,
      });
    });
    await extract(join(scratch, file), scratch).catch((error: Error) => {
      throw new Error(`${file} holds no usr/bin/promtool that could be unpacked. ${wayOut}\n${said(error)}`, {
        cause: error,
      });
    });
    await rename(join(scratch, "usr/bin/promtool"), target);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** By the machine's own package lists, or, where it has none or they are old, by lists of our own. */
async function download(folder: string, env: Environment): Promise<string> {
  const apt = (...args: string[]) =>
    run("apt-get", ["-qq", ...args], {
      cwd: folder,
      env: { ...process.env, ...env, DEBIAN_FRONTEND: "noninteractive" },
      timeout: 300_000,
    });
  try {
    await apt("download", "prometheus");
  } catch {
    const own = ["state", "cache"].map((name) => join(folder, name));
    await Promise.all(
      ["state/lists/partial", "cache/archives/partial"].map((path) =>
        mkdir(join(folder, path), { recursive: true }),
      ),
    );
    const places = [
      `-oDir::State=${own[0]}`,
      `-oDir::State::status=/var/lib/dpkg/status`,
      `-oDir::Cache=${own[1]}`,
    ];
    await apt(...places, "update");
    await apt(...places, "download", "prometheus");
  }
  const file = (await readdir(folder)).find((name) => name.endsWith(".deb"));
  if (!file) throw new Error("apt-get download left no package.");
  return file;
}

function extract(file: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const archive = spawn("dpkg-deb", ["--fsys-tarfile", file], { stdio: ["ignore", "pipe", "ignore"] });
    const tar = spawn("tar", ["-x", "-C", folder, "./usr/bin/promtool"], {
      stdio: [archive.stdout, "ignore", "ignore"],
    });
    archive.on("error", reject);
    tar.on("error", reject);
    tar.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`tar ended with ${code}.`))));
  });
}

const said = (error: Error & { stderr?: string }) => (error.stderr || error.message).slice(-2000);
