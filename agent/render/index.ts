import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { compact } from "../compact.ts";
import type { Declaration } from "../declaration.ts";
import { StageError } from "../errors.ts";
import type { DesiredObject } from "../object.ts";
import { atMost } from "../run-process.ts";
import { type HelmOptions, readHelmClosure, renderChart } from "./helm.ts";
import { objectsOf, outOfTime, refuseDuplicates } from "./kubernetes-objects.ts";
import { buildKustomization, type KustomizeEngine } from "./kustomize.ts";
import { readKustomizeClosure } from "./kustomize-closure.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { KUSTOMIZATIONS, plainParts } from "./plain.ts";
import { openRenderedCache, type Rendered } from "./rendered-cache.ts";
import { type Found, RepositoryTree } from "./repository-tree.ts";

export type { Rendered } from "./rendered-cache.ts";

type RenderInput = {
  directory: string;
  revision: string;
  declaration: Declaration;
  signal?: AbortSignal;
};
export type Renderer = { render(input: RenderInput): Promise<Rendered> };

export type RendererOptions = {
  engines: { helm: string } & KustomizeEngine;
  cacheDir: string;
  limits?: Partial<Limits>;
  /** What charts are told of the cluster. */
  helm?: HelmOptions;
};

/** A way of rendering whose inputs the tree has read; `run` does it. */
type Plan = {
  renderer: Rendered["renderer"];
  /** Doing it again costs less than keeping what came of it. */
  cheap?: boolean;
  run(timeoutMs: number): Promise<DesiredObject[]>;
};

/** Changes with whatever changes the same inputs' outcome. */
const FORMAT = 2;

/** An engine may take a hundred megabytes, and shares the agent's limit. */
const MAX_AT_ONCE = 2;

/** Opens the renderer. Every failure is a StageError of stage `render`, and quotes no value of a Secret. */
export function openRenderer(options: RendererOptions): Renderer {
  const { engines, cacheDir } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  mkdirSync(cacheDir, { recursive: true, mode: 0o700 });
  const cache = openRenderedCache(join(cacheDir, "rendered"), limits.maxCached);

  const work = join(cacheDir, "work");
  emptyOfOld(work);
  const inTurn = atMost(MAX_AT_ONCE);

  async function plan(tree: RepositoryTree, input: RenderInput): Promise<Plan> {
    const { declaration, signal } = input;
    const start = await tree.find(tree.resolve("", declaration.path));
    if (!start) throw tree.notFound(tree.resolve("", declaration.path), "the declaration");
    tree.use(start);
    const renderer = declaration.renderer === "auto" ? await detect(tree, start) : declaration.renderer;
    if (renderer !== "yaml" && start.kind === "file")
      throw tree.notFound(start.path, "the declaration", "is a file, not a directory,");
    const build = (folder: string, timeoutMs: number) =>
      buildKustomization({ engine: engines, tree, folder, cacheDir: work, limits, timeoutMs, signal });

    if (renderer === "helm") {
      await tree.get(
        start.path === "" ? "Chart.yaml" : `${start.path}/Chart.yaml`,
        "the declaration (renderer helm)",
      );
      const values = await readHelmClosure(tree, start, declaration);
      const helmOptions = options.helm ?? {};
      const common = {
        helm: engines.helm,
        tree,
        chart: start,
        values,
        declaration,
        helmOptions,
        cacheDir: work,
        limits,
        signal,
      };
      return { renderer, run: (timeoutMs) => renderChart({ ...common, timeoutMs }) };
    }
    if (renderer === "kustomize") {
      await readKustomizeClosure(tree, start.path, limits);
      return { renderer, run: (timeoutMs) => build(start.path, timeoutMs) };
    }
    const parts = await plainParts(tree, start, declaration.renderer === "auto");
    for (const part of parts)
      if (part.kind === "kustomization") await readKustomizeClosure(tree, part.path, limits);
    return {
      renderer,
      cheap: parts.every(({ kind }) => kind === "file"),
      async run(timeoutMs) {
        const deadline = Date.now() + timeoutMs;
        const objects: DesiredObject[] = [];
        for (const { kind, path } of parts) {
          signal?.throwIfAborted();
          const left = deadline - Date.now();
          if (left <= 0) throw outOfTime(limits.timeoutMs, path);
          if (kind === "kustomization") objects.push(...(await build(path, left)));
          else {
            const placeOf = ({ line }: { line: number }) => ({ file: path, line });
            objects.push(
              ...(await objectsOf(tree.files.get(path)!.toString("utf8"), path, {
                limits,
                placeOf,
                deadline,
              })),
            );
          }
        }
        return objects;
      },
    };
  }

  async function renderOne(input: RenderInput): Promise<Rendered> {
    input.signal?.throwIfAborted();
    const began = Date.now();
    const tree = await RepositoryTree.open(input.directory, input.revision, limits);
    try {
      return await renderTree(tree, input, began);
    } catch (error) {
      if (error instanceof StageError) readBefore.set(error, tree.closure());
      throw error;
    }
  }

  async function renderTree(tree: RepositoryTree, input: RenderInput, began: number): Promise<Rendered> {
    const { renderer, cheap, run } = await plan(tree, input);
    const digest = cheap ? null : digestOf(tree, input.declaration, renderer, options);
    const cached = digest && (await cache.find(digest));
    if (cached) return { ...cached, closure: tree.closure() };
    const objects = await run(Math.max(1, limits.timeoutMs - (Date.now() - began)));
    refuseDuplicates(objects, input.declaration.namespace, limits);
    // They are kept for as long as they are desired, a thousand environments' of them.
    const kept = objects.map((one) => ({ ...one, object: compact(one.object) }));
    const rendered: Rendered = { objects: kept, inputs: tree.inputs(), closure: tree.closure(), renderer };
    if (digest) await cache.put(digest, rendered);
    return rendered;
  }

  return {
    render: (input) => inTurn(() => renderOne(input).catch(explain)),
  };
}

const readBefore = new WeakMap<StageError, string[]>();

/** What a rendering that failed had read: nothing else can have made it fail. */
export function closureOfFailure(error: StageError): string[] {
  return readBefore.get(error) ?? [];
}

/** Removes what a killed process left behind, and nothing that another one may be working on. */
function emptyOfOld(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (/^(build|helm)-/.test(name) && age > 10 * 60_000) rmSync(path, { recursive: true, force: true });
  }
}

/** Trouble with the agent's own disk is its own reason, and may pass. */
function explain(error: unknown): never {
  const code = (error as NodeJS.ErrnoException)?.code;
  if (error instanceof StageError || code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
  throw new StageError(
    "render",
    "CacheTrouble",
    `The agent's files could not be read or written (${code}); check its cache volume.`,
    {
      next: "retry",
      cause: error,
    },
  );
}

async function detect(tree: RepositoryTree, start: Found): Promise<Rendered["renderer"]> {
  if (start.kind === "file") return "yaml";
  const names = await tree.which(start.path, ["Chart.yaml", ...KUSTOMIZATIONS]);
  if (names.includes("Chart.yaml")) return "helm";
  return names.length > 0 ? "kustomize" : "yaml";
}

/** Over everything that decides the outcome: the inputs' content, the declaration's settings, the engine. */
function digestOf(
  tree: RepositoryTree,
  declaration: Declaration,
  renderer: string,
  options: RendererOptions,
): string {
  const { engines } = options;
  const engine = renderer === "helm" ? engines.helm : (engines.kustomize ?? engines.kubectl);
  const { path, namespace, name, helm } = declaration;
  const hash = createHash("sha256");
  hash.update(JSON.stringify([FORMAT, renderer, declaration.renderer, path, namespace ?? null]));
  if (renderer === "helm") hash.update(JSON.stringify([name, helm, options.helm ?? null]));
  hash.update(JSON.stringify(renderer === "yaml" ? null : identityOf(engine)));
  for (const [file, content] of [...tree.files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${JSON.stringify([file, content.length])}`).update(content);
  for (const link of [...tree.links].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(JSON.stringify(link));
  return hash.digest("hex");
}

function identityOf(engine: string): unknown {
  const found = statSync(engine, { throwIfNoEntry: false });
  return found ? [engine, found.size, found.mtimeMs] : engine;
}
