import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { parseDocument } from "yaml";
import type { DesiredObject, KubeObject } from "../object.ts";
import { runProcess } from "../run-process.ts";
import { engineEnvironment } from "./engine-environment.ts";
import { engineFailure } from "./engine-failure.ts";
import { objectsOf, yamlTrouble } from "./kubernetes-objects.ts";
import { kustomizationIn } from "./kustomize-closure.ts";
import type { Limits } from "./limits.ts";
import { linesOfObjects } from "./object-lines.ts";
import type { RepositoryTree } from "./repository-tree.ts";
import { secretsInFiles } from "./secrets-in-files.ts";
import { YamlError, yamlDocuments } from "./yaml-documents.ts";

const ORIGIN = "config.kubernetes.io/origin";

export type KustomizeEngine = { kubectl: string; kustomize?: string | undefined };

/**
 * Builds a folder whose closure the tree has read. The build runs in a copy of exactly that closure, so
 * it can load from anywhere in the repository (as Flux allows) and from nowhere else.
 */
export async function buildKustomization(options: {
  engine: KustomizeEngine;
  tree: RepositoryTree;
  folder: string;
  cacheDir: string;
  limits: Limits;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}): Promise<DesiredObject[]> {
  const { engine, tree, folder, limits } = options;
  const file = await kustomizationIn(tree, folder);
  const sandbox = await mkdtemp(join(options.cacheDir, "build-"));
  try {
    const ownOrigin = await copyClosure(tree, sandbox, file);
    const [command, verb] = engine.kustomize ? [engine.kustomize, "build"] : [engine.kubectl, "kustomize"];
    const ran = await runProcess({
      command,
      args: [verb, "--load-restrictor=LoadRestrictionsNone", "--", join(sandbox, folder)],
      env: engineEnvironment(command, options.cacheDir),
      cwd: sandbox,
      timeoutMs: options.timeoutMs,
      maxOutputBytes: limits.maxOutputBytes,
      signal: options.signal,
    });
    if (ran.ended !== "exited" || ran.code !== 0) {
      if (ran.ended === "exited") refuseBrokenYaml(tree, limits);
      const places: [string, string][] = [
        [`${sandbox}/`, ""],
        [sandbox, "."],
      ];
      const secrets = secretsInFiles(tree, limits);
      throw engineFailure(ran, {
        engine: "Kustomize",
        file,
        inputs: tree.files.keys(),
        places,
        secrets,
        limits,
      });
    }
    const lines = linesOfObjects(tree, limits);
    const sourceOf = (object: KubeObject) => {
      const origin = originOf(object, folder, file, limits);
      if (!ownOrigin) stripOrigin(object);
      if (!origin) return lines.search(object);
      const line = lines.lineIn(origin, object);
      return line === undefined ? { file: origin } : { file: origin, line };
    };
    return await objectsOf(ran.stdout.toString("utf8"), file, {
      limits,
      placeOf: () => ({ file }),
      sourceOf,
    });
  } finally {
    await rm(sandbox, { recursive: true, force: true });
  }
}

/** Of YAML that does not parse, our own reader says more than the engine: file, line and column. */
function refuseBrokenYaml(tree: RepositoryTree, limits: Limits): void {
  for (const [path, content] of tree.files) {
    if (!/\.(ya?ml)$/.test(path)) continue;
    try {
      for (const _ of yamlDocuments(content.toString("utf8"), limits));
    } catch (error) {
      if (error instanceof YamlError) throw yamlTrouble(error, path);
      throw error;
    }
  }
}

/** Writes the closure and asks, in the copy, for origin annotations; says whether the repository asks for them itself. */
async function copyClosure(tree: RepositoryTree, sandbox: string, file: string): Promise<boolean> {
  let ownOrigin = false;
  const top = (await tree.find(file))?.path;
  for (const [path, content] of tree.files) {
    await mkdir(dirname(join(sandbox, path)), { recursive: true });
    let written: Buffer | string = content;
    if (path === top) {
      const asked = withOrigin(content.toString("utf8"));
      written = asked.text;
      ownOrigin = asked.own;
    }
    await writeFile(join(sandbox, path), written, { mode: 0o600 });
  }
  for (const [path, target] of tree.links) {
    await mkdir(dirname(join(sandbox, path)), { recursive: true });
    await symlink(target, join(sandbox, path)).catch(() => {});
  }
  return ownOrigin;
}

function withOrigin(text: string): { text: string; own: boolean } {
  const document = parseDocument(text, { logLevel: "silent", prettyErrors: false });
  const asked: unknown = document.toJS()?.buildMetadata;
  if (Array.isArray(asked) && asked.includes("originAnnotations")) return { text, own: true };
  document.set("buildMetadata", [...(Array.isArray(asked) ? asked : []), "originAnnotations"]);
  return { text: document.toString(), own: false };
}

function originOf(object: KubeObject, folder: string, file: string, limits: Limits): string | undefined {
  const annotation = object.metadata.annotations?.[ORIGIN];
  if (typeof annotation !== "string") return undefined;
  const [document] = yamlDocuments(annotation, limits);
  const origin = document?.value as { path?: unknown; configuredIn?: unknown } | undefined;
  const named = origin?.path ?? origin?.configuredIn;
  return typeof named === "string" ? posix.normalize(posix.join(folder || ".", named)) : file;
}

function stripOrigin(object: KubeObject): void {
  const { annotations } = object.metadata;
  if (!annotations || !(ORIGIN in annotations)) return;
  delete annotations[ORIGIN];
  if (Object.keys(annotations).length === 0) delete object.metadata.annotations;
}
