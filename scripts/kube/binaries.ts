import { type ExecFileException, execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, type Environment, type Log, withLock } from "../engines/cache-folder.ts";
import { findOnPath, isExecutable } from "../engines/find-on-path.ts";

/** The programs a cluster is made of, and the Go package each is built from (the `tool` lines of tools/kube/go.mod). */
const packages = {
  etcd: "go.etcd.io/etcd/server/v3",
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
  "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
  "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
  kwok: "sigs.k8s.io/kwok/cmd/kwok",
} as const;

/** A program of the control plane, named as its file is. */
export type KubeProgram = keyof typeof packages;
/** The absolute path of each program of the control plane. */
export type KubeBinaries = Record<KubeProgram, string>;

const programs = Object.keys(packages) as KubeProgram[];
const moduleFolder = fileURLToPath(new URL("../../tools/kube", import.meta.url));

/** The binaries if none has to be built: each from `KUBEBUILDER_ASSETS` first, then from the cache. */
export function findKubeBinaries(env: Environment = process.env): KubeBinaries | undefined {
  const found = programs.map((program) => [program, findProgram(program, env)] as const);
  if (found.some(([, path]) => path === undefined)) return undefined;
  return Object.fromEntries(found) as KubeBinaries;
}

/**
 * The binaries, building from source those that neither `KUBEBUILDER_ASSETS` nor the cache holds: minutes
 * the first time (kube-apiserver), nothing after. Throws when Go is missing or a build fails.
 */
export async function ensureKubeBinaries(log: Log, env: Environment = process.env): Promise<KubeBinaries> {
  const ready = findKubeBinaries(env);
  if (ready) return ready;
  const folder = buildFolder(env);
  return withLock(join(folder, ".lock"), log, async () => {
    for (const program of programs) {
      if (!findProgram(program, env)) await build(program, folder, log, env);
    }
    const built = findKubeBinaries(env);
    if (!built)
      throw new Error(
        `The control plane was built into ${folder}, and yet it is not there: is something clearing it?`,
      );
    return built;
  });
}

function findProgram(program: KubeProgram, env: Environment): string | undefined {
  const folders = [env.KUBEBUILDER_ASSETS, buildFolder(env)].filter(
    (folder) => folder !== undefined && folder !== "",
  );
  return folders.map((folder) => join(folder!, program)).find(isExecutable);
}

/** One folder for each state of the module and of the recipe: an edited go.mod never reuses an older build. */
function buildFolder(env: Environment): string {
  const hash = createHash("sha256");
  for (const name of ["go.mod", "go.sum"]) hash.update(readFileSync(join(moduleFolder, name)));
  hash.update(JSON.stringify(buildFlags("")));
  const key = `${process.platform}-${process.arch}-${hash.digest("hex").slice(0, 12)}`;
  return join(cacheFolder(env), "kube", key);
}

function buildFlags(kubernetes: string): string[] {
  // The module's own source says v0.0.0-master: releases are stamped by the linker, and so is this one.
  const [major, minor] = kubernetes.replace(/^v/, "").split(".");
  const stamps = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((path) => [
    `-X ${path}.gitVersion=${kubernetes}`,
    `-X ${path}.gitMajor=${major}`,
    `-X ${path}.gitMinor=${minor}`,
  ]);
  return ["-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", ["-s", "-w", ...stamps].join(" ")];
}

async function build(program: KubeProgram, folder: string, log: Log, env: Environment): Promise<void> {
  const go = findOnPath(["go"], env);
  if (!go) {
    const missing = programs.filter((name) => !findProgram(name, env)).join(", ");
    throw new Error(
      `No Kubernetes control plane: ${missing} would have to be built, and Go was not found. ${waysOut()}`,
    );
  }
  const kubernetes = kubernetesVersion();
  const estimate = program === "kube-apiserver" ? ", about 6 minutes the first time" : "";
  log(`building ${program} for Kubernetes ${kubernetes} from source${estimate}`);
  await mkdir(folder, { recursive: true });
  const partial = join(folder, `.${program}.${process.pid}`);
  try {
    await run(go, ["build", ...buildFlags(kubernetes), "-o", partial, packages[program]], env);
    await rename(partial, join(folder, program));
  } catch (error) {
    const output = String((error as ExecFileException).stderr ?? error)
      .trim()
      .slice(-2000);
    throw new Error(`"go build ${packages[program]}" failed in tools/kube. ${waysOut()}\n${output}`, {
      cause: error,
    });
  } finally {
    await rm(partial, { force: true });
  }
}

function run(command: string, args: string[], env: Environment): Promise<void> {
  const options = {
    cwd: moduleFolder,
    maxBuffer: 64 << 20,
    env: { ...process.env, ...env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
  };
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, options, (error, _stdout, stderr) =>
      error ? reject(Object.assign(error, { stderr })) : resolve(),
    );
    // Whatever else wants the processors meanwhile comes first; where nothing does, it is as quick. What Go starts inherits it.
    if (child.pid) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  });
}

function kubernetesVersion(): string {
  const version = /^\s*k8s\.io\/kubernetes (v[\d.]+)/m.exec(
    readFileSync(join(moduleFolder, "go.mod"), "utf8"),
  )?.[1];
  if (!version)
    throw new Error("tools/kube/go.mod names no k8s.io/kubernetes version: restore its require line.");
  return version;
}

function waysOut(): string {
  return (
    "Either install Go 1.26 or newer with access to a Go module proxy, or set KUBEBUILDER_ASSETS to a folder that " +
    `holds ${programs.join(", ")}.`
  );
}
