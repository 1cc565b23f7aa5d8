import { BEFORE_AFTER } from "./diff-line.tsx";
import { DiffView } from "./diff-view.tsx";
import { patchLines } from "./patch-lines.ts";

/** A unified patch as Git writes it, in the one viewer of differences. */
export function Patch({ patch }: { patch: string }) {
  return <DiffView pieces={[{ folded: false, lines: patchLines(patch) }]} sides={BEFORE_AFTER} />;
}
