import { StageError } from "../errors.ts";
import type { Found, RepositoryTree } from "./repository-tree.ts";

const YAML_FILE = /\.(ya?ml|json)$/;
/** What Kustomize takes for a kustomization, in its order. */
export const KUSTOMIZATIONS = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** A part of a plain directory, in file order: a file of objects, or a folder with a kustomization of its own. */
export type PlainPart = { kind: "file"; path: string } | { kind: "kustomization"; path: string };

/**
 * Collects what a directory of plain YAML consists of, recursively and without dot-files, as
 * `kubectl apply -R` does; a folder inside it that has a kustomization is built as Flux builds it.
 */
export async function plainParts(tree: RepositoryTree, start: Found, nested: boolean): Promise<PlainPart[]> {
  if (start.kind === "file") {
    await tree.read(start);
    return [{ kind: "file", path: start.path }];
  }
  const parts: PlainPart[] = [];
  const entered = new Set<string>();

  async function walk(folder: string, top: boolean): Promise<void> {
    if (entered.has(folder)) return;
    entered.add(folder);
    const names = await tree.list(folder);
    if (!top && nested && names.some((name) => KUSTOMIZATIONS.includes(name))) {
      parts.push({ kind: "kustomization", path: folder });
      return;
    }
    if (!top && names.includes("Chart.yaml"))
      throw new StageError(
        "render",
        "NestedChart",
        `${folder} is a Helm chart inside a directory of plain YAML; declare an environment with that path, or move it.`,
        { at: { file: `${folder}/Chart.yaml` } },
      );
    for (const name of names) {
      if (name.startsWith(".") || KUSTOMIZATIONS.includes(name)) continue;
      const path = folder === "" ? name : `${folder}/${name}`;
      const found = await tree.find(path);
      if (found?.kind === "directory") {
        tree.use(found);
        await walk(found.path, false);
      } else if (found?.kind === "file" && YAML_FILE.test(name) && !entered.has(found.path)) {
        entered.add(found.path);
        await tree.read(found);
        parts.push({ kind: "file", path: found.path });
      }
    }
  }
  await walk(start.path, true);
  return parts;
}
