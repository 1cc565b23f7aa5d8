import type { DiffLine } from "./lines.ts";

/** Lines of a unified patch as Git writes it, numbered on both sides. */
export function patchLines(patch: string): DiffLine[] {
  let before = 0;
  let after = 0;
  return patch.split("\n").flatMap((raw): DiffLine[] => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(raw);
    if (hunk) {
      before = Number(hunk[1]);
      after = Number(hunk[2]);
      return [{ kind: "hunk", text: raw, git: null, cluster: null }];
    }
    if (raw.startsWith("+")) return [{ kind: "add", text: raw.slice(1), git: null, cluster: after++ }];
    if (raw.startsWith("-")) return [{ kind: "del", text: raw.slice(1), git: before++, cluster: null }];
    if (raw.startsWith("\\")) return [];
    return [{ kind: "same", text: raw.slice(1), git: before++, cluster: after++ }];
  });
}
