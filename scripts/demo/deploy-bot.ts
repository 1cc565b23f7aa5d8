import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import type { Engines } from "../engines/engines.ts";
import type { DemoCluster } from "./clusters.ts";
import { demoFolder, places } from "./folder.ts";
import type { DemoEnvironment } from "./repository/index.ts";
import { runProgram } from "./run-program.ts";
import { repository } from "./stand-in.ts";

type Applied = { manifests: string; objects: string[] };
type Options = {
  cluster: DemoCluster;
  environments: DemoEnvironment[];
  engines: Engines;
  log: (line: string) => void;
};

const lookEveryMs = 1_000;
/** As a pipeline does, it takes its time: long enough to see on the page that Git has moved. */
const pipelineMs = 3_000;

/**
 * The part of another GitOps tool in the demo: applies the environments that Plumbline only observes, and only
 * when their manifests change in Git, so that what somebody changes by hand stays until the next commit.
 */
export function startDeployBot(options: Options): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const run = async () => {
    let seen = "";
    while (!stopping.signal.aborted) {
      try {
        const head = await headOf(options, stopping.signal);
        if (head !== seen) await deployAll(options, head, seen === "", stopping.signal);
        seen = head;
      } catch (error) {
        if (!stopping.signal.aborted) options.log((error as Error).message);
      }
      await pause(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

const gitDir = () => join(places.github, "git", repository.owner, `${repository.name}.git`);

async function headOf({ engines }: Options, signal: AbortSignal): Promise<string> {
  const args = ["--git-dir", gitDir(), "rev-parse", "refs/heads/main"];
  return (await runProgram(engines.git, args, { signal })).trim();
}

async function deployAll(options: Options, head: string, isFirst: boolean, signal: AbortSignal) {
  const work = await mkdtemp(join(tmpdir(), "plumbline-deploy-"));
  try {
    await mkdir(join(work, "tree"));
    const archive = ["--git-dir", gitDir(), "archive", "--format=tar", "--output", join(work, "tar"), head];
    await runProgram(options.engines.git, archive, { signal });
    await runProgram("tar", ["-xf", join(work, "tar"), "-C", join(work, "tree")], { signal });
    const deploys = options.environments.map(async (environment) => {
      const manifests = await render(options, environment, join(work, "tree"), signal);
      await deploy(options, environment, { manifests, head, isFirst }, signal);
    });
    await Promise.all(deploys);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function render(
  { engines }: Options,
  { path, renderer }: DemoEnvironment,
  tree: string,
  signal: AbortSignal,
) {
  if (renderer === "kustomize")
    return runProgram(engines.kubectl, ["kustomize", join(tree, path)], { signal });
  const files = readdirSync(join(tree, path)).filter((name) => /\.ya?ml$/.test(name));
  return files.map((name) => readFileSync(join(tree, path, name), "utf8")).join("\n---\n");
}

async function deploy(
  { cluster, engines, log }: Options,
  { name, namespace }: DemoEnvironment,
  { manifests, head, isFirst }: { manifests: string; head: string; isFirst: boolean },
  signal: AbortSignal,
) {
  const file = join(demoFolder, `deployed-${cluster.name}-${name}.json`);
  const before: Applied = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Applied)
    : { manifests: "", objects: [] };
  if (before.manifests === manifests) return;
  if (!isFirst) await pause(pipelineMs, undefined, { signal });
  const kubectl = (args: string[], stdin?: string) =>
    runProgram(engines.kubectl, [...args, "--kubeconfig", cluster.kubeconfig, ...contextOf(cluster)], {
      stdin,
      signal,
    });
  const apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=deploy-bot"];
  // Namespaces first, in a call of their own: kubectl checks the others against them.
  const all = parseAllDocuments(manifests).map((document) => document.toJS() as Manifest | null);
  const objects = all.filter((object) => object !== null);
  const inNamespace = [`--namespace=${namespace}`, "--validate=false", "-f", "-"];
  if (!objects.some(({ kind, metadata }) => kind === "Namespace" && metadata.name === namespace))
    objects.unshift({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const spaces = objects.filter(({ kind }) => kind === "Namespace");
  await kubectl([...apply, "--validate=false", "-f", "-"], list(spaces));
  await kubectl([...apply, ...inNamespace], list(objects.filter((object) => !spaces.includes(object))));
  const now = objects.map((object) => idOf(object, namespace));
  for (const gone of before.objects.filter((id) => !now.includes(id))) {
    const [kind, objectNamespace, objectName] = gone.split("/") as [string, string, string];
    await kubectl(["delete", kind, objectName, `--namespace=${objectNamespace}`, "--ignore-not-found"]);
  }
  writeFileSync(file, JSON.stringify({ manifests, objects: now } satisfies Applied));
  log(`deploy-bot applied ${now.length} objects of ${name} at ${head.slice(0, 7)}`);
}

type Manifest = { apiVersion: string; kind: string; metadata: { name: string; namespace?: string } };

const list = (items: Manifest[]) => JSON.stringify({ apiVersion: "v1", kind: "List", items });

/** As `kubectl delete` takes it: the kind with its group, where it has one. */
function idOf({ apiVersion, kind, metadata }: Manifest, namespace: string): string {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : [];
  const resource = group ? `${kind}.${version}.${group}` : kind;
  return `${resource}/${metadata.namespace ?? namespace}/${metadata.name}`;
}

export const contextOf = ({ context }: { context?: string }): string[] =>
  context ? ["--context", context] : [];
