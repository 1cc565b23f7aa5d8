import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request } from "undici";
import type { KubeObject } from "../agent/object.ts";
import { eventually } from "../agent/test-control-plane.ts";
import { startGitServer } from "../agent/test-git-server.ts";
import { ensureEngines } from "../scripts/engines/engines.ts";
import { startCluster } from "../scripts/kube/cluster.ts";
import { startService } from "../scripts/processes/service.ts";
import { openAudit } from "./audit.ts";
import { asFiles, pathOf, sampleObjects } from "./objects.ts";
import { runProgram } from "./program.ts";

type Say = (line: string) => void;

/** A real API server, its audit log, and kubectl. */
export type World = Awaited<ReturnType<typeof openWorld>>;

/** Objects of one namespace as they are in Git, in a folder, and applied to the cluster. */
export type Sample = { objects: KubeObject[]; folder: string; gitUrl: string; close(): Promise<void> };

const root = join(import.meta.dirname, "..");
const bundle = join(root, "dist", "agent");

/** How soon controllers answer: it decides when Deployments become ready, and competes for the processors. */
export const KUBE_API_QPS = 100;

/** Starts the cluster; `close` ends it and removes everything. */
export async function openWorld(say: Say) {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-bench-"));
  const engines = await ensureEngines(say);
  const audit = openAudit(folder);
  const cluster = await startCluster({
    dir: join(folder, "cluster"),
    kubeApiQps: KUBE_API_QPS,
    apiserverFlags: audit.flags,
    log: say,
  });
  const dispatcher = new Agent({ connect: { ca: cluster.caData } });

  const kubectl = (args: readonly string[]) =>
    runProgram(engines.kubectl, ["--kubeconfig", cluster.kubeconfigPath, ...args]);

  async function must(args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await kubectl(args);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")} failed: ${stderr}`);
    return stdout;
  }

  async function unavailable(namespace: string): Promise<number> {
    const text = await must(["get", "deployments", "-n", namespace, "-o", "json"]);
    const { items } = JSON.parse(text) as { items: { status?: { availableReplicas?: number } }[] };
    return items.filter(({ status }) => status?.availableReplicas !== 1).length;
  }

  async function send(method: "PATCH" | "DELETE", path: string, body?: object): Promise<void> {
    const answer = await request(`${cluster.server}${path}`, {
      method,
      dispatcher,
      query: { fieldManager: "by-hand" },
      headers: {
        authorization: `Bearer ${cluster.adminToken}`,
        "user-agent": "by-hand",
        ...(body && { "content-type": "application/strategic-merge-patch+json" }),
      },
      body: body && JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode > 299) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
  }

  return {
    ...{ folder, engines, cluster, audit, kubectl, must },
    /** Changes an object as a person would, under the field manager "by-hand". */
    edit: (object: KubeObject, patch: object) => send("PATCH", pathOf(object), patch),
    remove: (object: KubeObject) => send("DELETE", pathOf(object)),

    /** Makes a namespace of `count` objects: committed, and applied with `kubectl apply --server-side`. */
    async prepare(namespace: string, count: number): Promise<Sample> {
      const objects = sampleObjects(namespace, count);
      const home = join(folder, namespace);
      const manifests = join(home, "manifests");
      mkdirSync(manifests, { recursive: true });
      const files = asFiles(objects);
      for (const [name, text] of Object.entries(files)) writeFileSync(join(manifests, name), text);
      const git = await startGitServer(home);
      const committed = Object.entries(files).map(([name, text]) => [`app/${name}`, text]);
      git.commit(Object.fromEntries(committed), "Everything");
      await must(["create", "namespace", namespace]);
      await must(["apply", "--server-side", "-f", manifests]);
      await eventually(async () => (await unavailable(namespace)) === 0, 600_000);
      return { objects, folder: manifests, gitUrl: git.url, close: git.close };
    },

    async close(): Promise<void> {
      await dispatcher.close();
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The variables of an agent that watches one sample and reports to `url`. */
export function agentVariables(world: World, name: string, sample: Sample, url: string) {
  const home = join(world.folder, `agent-${name}`);
  mkdirSync(home, { recursive: true });
  const file = join(home, "environments.yaml");
  const environment = { name, repository: { url: sample.gitUrl }, path: "app", interval: "2s" };
  writeFileSync(file, JSON.stringify({ environments: [environment] }));
  return {
    PLUMBLINE_URL: url,
    PLUMBLINE_TOKEN: "test-token",
    PLUMBLINE_ENVIRONMENTS_FILE: file,
    PLUMBLINE_DATA_DIR: join(home, "data"),
    PLUMBLINE_HELM: world.engines.helm,
    PLUMBLINE_KUBECTL: world.engines.kubectl,
    KUBECONFIG: world.cluster.kubeconfigPath,
  };
}

/** Node's flags and the allocator's variables for the agent, as its image gives them. */
export function imageSettings(): { flags: string[]; variables: Record<string, string> } {
  const text = readFileSync(join(root, "agent", "Dockerfile"), "utf8");
  const command = /^CMD (\[.*\])$/m.exec(text)?.[1];
  if (!command) throw new Error("agent/Dockerfile has no CMD: say there how the image starts the agent.");
  const flags = (JSON.parse(command) as string[]).filter((argument) => argument.startsWith("--"));
  const variables = [...text.matchAll(/\b(MALLOC_\w+|NODE_OPTIONS)=(\S+)/g)].map(([, name, value]) => [
    name,
    value,
  ]);
  return { flags, variables: Object.fromEntries(variables) };
}

/** Bundles the agent as its image does. */
export async function buildBundle(): Promise<void> {
  const { code, stderr } = await runProgram(process.execPath, [join(root, "agent", "build.ts")]);
  if (code !== 0) throw new Error(`The agent could not be bundled: ${stderr}`);
}

/** Starts the bundled agent as its image does, as a process of its own. */
export function startBundledAgent(variables: ReturnType<typeof agentVariables>) {
  const image = imageSettings();
  return startService({
    name: "the bundled agent",
    command: process.execPath,
    args: [...image.flags, join(bundle, "main.js")],
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production" as const },
      ...image.variables,
      ...variables,
    },
    logPath: join(variables.PLUMBLINE_DATA_DIR, "..", "agent.log"),
  });
}

/** A cold `plumb diff`, from process start to exit. */
export const plumbDiff = (world: World, sample: Sample) =>
  runProgram(process.execPath, [
    join(bundle, "plumb"),
    ...["diff", sample.folder, "-o", "json", "--kubeconfig", world.cluster.kubeconfigPath],
  ]);
