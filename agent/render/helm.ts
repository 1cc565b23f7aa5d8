import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, posix } from "node:path";
import type { Declaration } from "../declaration.ts";
import { StageError } from "../errors.ts";
import type { DesiredObject, KubeObject } from "../object.ts";
import { runProcess } from "../run-process.ts";
import { engineEnvironment } from "./engine-environment.ts";
import { engineFailure } from "./engine-failure.ts";
import { helmIgnore } from "./helm-ignore.ts";
import { objectsOf } from "./kubernetes-objects.ts";
import type { Limits } from "./limits.ts";
import type { Found, RepositoryTree } from "./repository-tree.ts";
import { addLeaves, secretsInFiles } from "./secrets-in-files.ts";
import type { YamlDocument } from "./yaml-documents.ts";

export type HelmOptions = { kubeVersion?: string | undefined; apiVersions?: string[] | undefined };

/** Reads what rendering a chart reads: the chart's files that Helm loads, and the declared values files. */
export async function readHelmClosure(
  tree: RepositoryTree,
  chart: Found,
  declaration: Declaration,
): Promise<Found[]> {
  const prefix = chart.path === "" ? "" : `${chart.path}/`;
  const ignoreFile = await tree.find(`${prefix}.helmignore`);
  const ignored = helmIgnore(
    ignoreFile?.kind === "file" ? (await tree.read(ignoreFile)).toString("utf8") : "",
  );
  const entered = new Set<string>();

  async function walk(folder: string, within: string): Promise<void> {
    if (entered.has(folder)) return;
    entered.add(folder);
    for (const name of await tree.list(folder)) {
      const path = within === "" ? name : `${within}/${name}`;
      const found = await tree.find(folder === "" ? name : `${folder}/${name}`);
      if (!found || ignored(path, found.kind === "directory")) continue;
      tree.use(found);
      if (found.kind === "directory") await walk(found.path, path);
      else await tree.read(found);
    }
  }
  await walk(chart.path, "");

  const values: Found[] = [];
  for (const reference of declaration.helm.valuesFiles) {
    if (reference.includes("://"))
      throw new StageError(
        "render",
        "RemoteValues",
        `The declaration names the values file ${reference.replace(/:\/\/[^/@]*@/, "://")}, which is not in the repository; commit it there.`,
      );
    const { found } = await tree.get(tree.resolve("", reference), "the declaration's helm.valuesFiles");
    values.push(found);
  }
  return values;
}

/**
 * Renders a chart as `helm template` does, with vendored dependencies only. Hooks: nothing here runs
 * them at their moment, so tests and those for deletion and rollback are left out, and the others are
 * ordinary objects.
 */
export async function renderChart(options: {
  helm: string;
  tree: RepositoryTree;
  chart: Found;
  values: Found[];
  declaration: Declaration;
  helmOptions: HelmOptions;
  cacheDir: string;
  limits: Limits;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}): Promise<DesiredObject[]> {
  const { tree, chart, declaration, limits } = options;
  const file = posix.join(chart.path, "Chart.yaml");
  const scratch = await mkdtemp(join(options.cacheDir, "helm-"));
  try {
    const args = ["template", "--include-crds", "--namespace", declaration.namespace ?? "default"];
    for (const { path } of options.values) args.push("--values", tree.onDisk(path));
    if (Object.keys(declaration.helm.values).length > 0) {
      const inline = join(scratch, "values.json");
      await writeFile(inline, JSON.stringify(declaration.helm.values), { mode: 0o600 });
      args.push("--values", inline);
    }
    if (options.helmOptions.kubeVersion) args.push("--kube-version", options.helmOptions.kubeVersion);
    for (const version of options.helmOptions.apiVersions ?? []) args.push("--api-versions", version);
    const ran = await runProcess({
      command: options.helm,
      args: [...args, "--", declaration.helm.releaseName ?? declaration.name, tree.onDisk(chart.path)],
      env: engineEnvironment(options.helm, options.cacheDir),
      cwd: scratch,
      timeoutMs: options.timeoutMs,
      maxOutputBytes: limits.maxOutputBytes,
      signal: options.signal,
    });
    if (ran.ended !== "exited" || ran.code !== 0) throw failure();
    const sourceOf = sources(tree, chart);
    const placeOf = (document: YamlDocument) => ({ file: sourceOf(document) ?? file });
    const objects = await objectsOf(ran.stdout.toString("utf8"), file, { limits, placeOf });
    return objects.filter(({ object }) => !isLeftOut(object));

    function failure(): StageError {
      const missing = /missing (?:in|from) charts\/? directory: ?(.+)/i.exec(ran.stderr)?.[1]?.trim();
      if (missing)
        return new StageError(
          "render",
          "MissingDependency",
          `The chart ${chart.path || "."} needs ${missing.slice(0, 200)}, which is not in its charts/ directory; run "helm dependency build" and commit charts/.`,
          { at: { file } },
        );
      const values = [...options.values.map(({ path }) => path), posix.join(chart.path, "values.yaml")];
      const secrets = secretsInFiles(tree, limits, values);
      addLeaves(secrets, declaration.helm.values);
      // Helm names files by the chart's name, which need not be its folder's.
      const name = chartName(tree, file);
      const folder = chart.path === "" ? "" : `${chart.path}/`;
      const places: [string, string][] = [
        [`${tree.onDisk("")}/`, ""],
        [`${scratch}/values.json`, "the declaration's helm.values"],
        ...(name === undefined
          ? []
          : ["templates", "charts", "values.yaml"].map((at): [string, string] => [
              `${name}/${at}`,
              `${folder}${at}`,
            ])),
      ];
      return engineFailure(ran, { engine: "Helm", file, inputs: tree.files.keys(), places, secrets, limits });
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function chartName(tree: RepositoryTree, file: string): string | undefined {
  return /^name:\s*["']?([\w.-]+)/m.exec(tree.files.get(file)?.toString("utf8") ?? "")?.[1];
}

/** Reads Helm's `# Source: chart/templates/x.yaml` back into the repository's path. */
function sources(tree: RepositoryTree, chart: Found): (document: YamlDocument) => string | undefined {
  return (document) => {
    const named = /^# Source: [^/\n]+\/(.+)$/m.exec(document.text)?.[1];
    if (named === undefined) return undefined;
    const path = posix.join(chart.path, named);
    if (tree.files.has(path)) return path;
    // A packed subchart is one file: charts/name-1.2.3.tgz.
    const packed = posix.join(chart.path, named.split("/").slice(0, 2).join("/"));
    for (const file of tree.files.keys())
      if (file.startsWith(`${packed}-`) && file.endsWith(".tgz")) return file;
    return undefined;
  };
}

const LEFT_OUT = /^(test|test-success|test-failure|pre-delete|post-delete|pre-rollback|post-rollback)$/;

function isLeftOut(object: KubeObject): boolean {
  const hooks = object.metadata.annotations?.["helm.sh/hook"];
  return typeof hooks === "string" && hooks.split(",").every((hook) => LEFT_OUT.test(hook.trim()));
}
