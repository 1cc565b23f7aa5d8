import type { Json, KubeObject } from "../object.ts";
import type { Limits } from "./limits.ts";
import type { RepositoryTree } from "./repository-tree.ts";
import { yamlDocuments } from "./yaml-documents.ts";

type Standing = { kind: string; name: string; line: number };

/** Finds, as well as can be done, where in the inputs an object that an engine rendered was written. */
export function linesOfObjects(tree: RepositoryTree, limits: Limits) {
  const known = new Map<string, Standing[]>();

  function objectsIn(file: string): Standing[] {
    const found = known.get(file);
    if (found) return found;
    const standing: Standing[] = [];
    const content = tree.files.get(file);
    try {
      for (const { value, line } of yamlDocuments(content?.toString("utf8") ?? "", limits)) {
        const { kind, metadata } = (value ?? {}) as { kind?: Json; metadata?: { name?: Json } };
        if (typeof kind === "string" && typeof metadata?.name === "string")
          standing.push({ kind, name: metadata.name, line });
      }
    } catch {
      // The engine could read it; then the line is all that is missing.
    }
    known.set(file, standing);
    return standing;
  }

  /** Names may have gained a prefix or suffix on the way. */
  function match(file: string, object: KubeObject): Standing | undefined {
    const sameKind = objectsIn(file).filter(({ kind }) => kind === object.kind);
    return (
      sameKind.find(({ name }) => name === object.metadata.name) ??
      sameKind.find(({ name }) => object.metadata.name.includes(name)) ??
      (sameKind.length === 1 ? sameKind[0] : undefined)
    );
  }

  return {
    lineIn: (file: string, object: KubeObject): number | undefined => match(file, object)?.line,
    search(object: KubeObject): { file: string; line: number } | undefined {
      for (const file of tree.files.keys()) {
        if (!/\.ya?ml$/.test(file)) continue;
        const found = objectsIn(file).find(
          ({ kind, name }) => kind === object.kind && object.metadata.name.includes(name),
        );
        if (found) return { file, line: found.line };
      }
      return undefined;
    },
  };
}
