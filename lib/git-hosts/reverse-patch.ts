const HUNK = /^@@ -(\S+) \+(\S+) @@(.*)$/;

/** The hunks that undo `patch`: what it adds is removed and what it removes is added, removals first. */
export function reversePatch(patch: string): string {
  const out: string[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  const flush = () => {
    out.push(...removed, ...added);
    removed = [];
    added = [];
  };
  let last = out;
  for (const line of patch.split("\n")) {
    const hunk = HUNK.exec(line);
    if (line.startsWith("+")) {
      removed.push(`-${line.slice(1)}`);
      last = removed;
    } else if (line.startsWith("-")) {
      added.push(`+${line.slice(1)}`);
      last = added;
    } else if (line.startsWith("\\")) {
      // "No newline at end of file" speaks of the line before it and moves with it.
      last.push(line);
    } else {
      flush();
      out.push(hunk ? `@@ -${hunk[2]} +${hunk[1]} @@${hunk[3]}` : line);
      last = out;
    }
  }
  flush();
  return out.join("\n");
}
