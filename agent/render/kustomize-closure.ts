import { StageError } from "../errors.ts";
import type { Json } from "../object.ts";
import { yamlTrouble } from "./kubernetes-objects.ts";
import type { Limits } from "./limits.ts";
import { KUSTOMIZATIONS } from "./plain.ts";
import type { Found, RepositoryTree } from "./repository-tree.ts";
import { YamlError, yamlDocuments } from "./yaml-documents.ts";

type JsonObject = { [key: string]: Json };

const REMOTE =
  /^[a-z][a-z0-9+.-]*:\/\/|^git@|^git::|^[\w.-]+@[\w.-]+:|[?&](ref|version|timeout|submodules)=|^(www\.)?(github\.com|gitlab\.com|bitbucket\.org|gh:)|\.git(\/|$|\?)/i;

/**
 * Reads, through the tree, every file that building a kustomization reads, and nothing else; refuses what
 * would reach for the network or start a program. The build then sees only these files, so the closure
 * is exact: what it lacks, the build lacks too.
 */
export async function readKustomizeClosure(
  tree: RepositoryTree,
  folder: string,
  limits: Limits,
): Promise<void> {
  const visited = new Set<string>();

  async function root(path: string, askedBy?: string): Promise<void> {
    if (visited.has(path)) return;
    visited.add(path);
    const file = await kustomizationIn(tree, path, askedBy);
    const { content } = await tree.get(file, askedBy);
    const value = parse(content, file)[0];
    if (!isObject(value)) return;
    for (const field of ["helmCharts", "helmChartInflationGenerator"])
      if (value[field] !== undefined && value[field] !== null) throw helmInside(file);
    const one = new Kustomization(tree, path, file);
    for (const reference of texts(value.resources, value.bases, value.components))
      await fileOrRoot(one, reference);
    for (const field of ["generators", "transformers", "validators"])
      for (const reference of texts(value[field])) await plugin(one, reference);
    for (const reference of texts(value.configurations, value.crds)) await one.file(reference);
    for (const patch of objects(value.patches, value.patchesJson6902, value.replacements))
      await one.optional(patch.path);
    for (const patch of texts(value.patchesStrategicMerge)) await one.optional(patch);
    for (const generator of objects(value.configMapGenerator, value.secretGenerator))
      await one.generator(generator);
    if (isObject(value.openapi)) await one.optional(value.openapi.path);
  }

  async function fileOrRoot(one: Kustomization, reference: string): Promise<Found | undefined> {
    const found = await one.find(reference);
    if (found.kind === "file") {
      await tree.read(found);
      return found;
    }
    tree.use(found);
    await root(found.path, one.fileName);
    return undefined;
  }

  /** A generator or transformer: inline, a file of configurations, or a kustomization that builds them. */
  async function plugin(one: Kustomization, reference: string): Promise<void> {
    let content: Buffer;
    if (isInline(reference)) content = Buffer.from(reference);
    else {
      const found = await fileOrRoot(one, reference);
      if (!found) return;
      content = await tree.read(found);
    }
    for (const document of parse(content, one.fileName)) {
      if (!isObject(document)) continue;
      if (document.kind === "HelmChartInflationGenerator") throw helmInside(one.fileName);
      await one.generator(document);
      for (const path of [document.path, ...texts(document.paths)]) await one.optional(path);
      for (const replacement of objects(document.replacements)) await one.optional(replacement.path);
    }
  }

  function parse(content: Buffer, file: string): Json[] {
    try {
      return [...yamlDocuments(content.toString("utf8"), limits)].map(({ value }) => value);
    } catch (error) {
      throw error instanceof YamlError ? yamlTrouble(error, file) : error;
    }
  }

  await root(folder);
}

/** The one kustomization file of a folder; throws where there is none, or more than one. */
export async function kustomizationIn(
  tree: RepositoryTree,
  folder: string,
  askedBy?: string,
): Promise<string> {
  const names = await tree.which(folder, KUSTOMIZATIONS);
  if (names.length > 1)
    throw new StageError(
      "render",
      "KustomizeFailed",
      `${folder || "."} has more than one kustomization file (${names.join(", ")}); keep one.`,
      {
        at: { file: join(folder, names[0]!) },
      },
    );
  if (names.length === 0)
    throw new StageError(
      "render",
      "KustomizationMissing",
      `${folder || "."}${askedBy ? `, named in ${askedBy},` : ""} has no kustomization.yaml; add one, or correct the path.`,
      { at: { file: askedBy ?? folder } },
    );
  return join(folder, names[0]!);
}

class Kustomization {
  readonly fileName: string;
  readonly #tree: RepositoryTree;
  readonly #folder: string;

  constructor(tree: RepositoryTree, folder: string, fileName: string) {
    this.#tree = tree;
    this.#folder = folder;
    this.fileName = fileName;
  }

  async find(reference: string): Promise<Found> {
    const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(reference);
    if (!scheme) {
      const remote = REMOTE.test(reference);
      if (remote && (reference.startsWith("/") || reference.includes(":"))) throw this.#remote(reference);
      const path = this.#tree.resolve(this.#folder, reference, { file: this.fileName });
      const found = await this.#tree.find(path);
      if (found) return found;
      if (!remote) throw this.#tree.notFound(path, this.fileName);
    }
    throw this.#remote(reference);
  }

  async file(reference: string): Promise<void> {
    const found = await this.find(reference);
    if (found.kind === "directory")
      throw this.#tree.notFound(found.path, this.fileName, "is a directory, not a file,");
    await this.#tree.read(found);
  }

  /** A path that may be absent, or text that stands for itself. */
  async optional(reference: Json | undefined): Promise<void> {
    if (typeof reference !== "string" || reference === "" || isInline(reference)) return;
    await this.file(reference);
  }

  async generator(generator: JsonObject): Promise<void> {
    for (const entry of texts(generator.files)) {
      // `[key=]path`; without a key, the path itself may not hold an equals sign.
      const equals = entry.indexOf("=");
      await this.file(equals < 0 ? entry : entry.slice(equals + 1));
    }
    for (const entry of texts(generator.envs)) await this.file(entry);
    await this.optional(generator.env);
  }

  #remote(reference: string): StageError {
    const shown = reference.replace(/:\/\/[^/@]*@/, "://").slice(0, 200);
    return new StageError(
      "render",
      "RemoteBase",
      `${this.fileName} refers to ${shown}, which is outside the repository; copy it into the repository, where its changes are commits.`,
      { at: { file: this.fileName } },
    );
  }
}

function helmInside(file: string): StageError {
  return new StageError(
    "render",
    "HelmInKustomization",
    `${file} inflates a Helm chart, which is off because it downloads; commit the chart and declare it as an environment with renderer helm.`,
    { at: { file } },
  );
}

/** Kustomize takes YAML in place of a file name in several fields. */
const isInline = (reference: string) => /\n|: |^\s*[{[]/.test(reference);

const join = (folder: string, name: string) => (folder === "" ? name : `${folder}/${name}`);

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function texts(...fields: (Json | undefined)[]): string[] {
  return fields.flatMap((field) =>
    Array.isArray(field) ? field.filter((item) => typeof item === "string") : [],
  );
}

function objects(...fields: (Json | undefined)[]): JsonObject[] {
  return fields.flatMap((field) => (Array.isArray(field) ? field.filter(isObject) : []));
}
