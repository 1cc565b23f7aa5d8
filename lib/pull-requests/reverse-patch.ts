/** The same patch seen from its other end: what was added is removed, and the other way round. */
export function reversePatch(patch: string): string {
  const out: string[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  const flush = () => {
    // Git writes what goes before what comes.
    out.push(...added, ...removed);
    removed = [];
    added = [];
  };
  let last: string[] = out;
  for (const line of patch.split("\n")) {
    if (line.startsWith("-")) {
      removed.push(`+${line.slice(1)}`);
      last = removed;
    } else if (line.startsWith("+")) {
      added.push(`-${line.slice(1)}`);
      last = added;
    } else if (line.startsWith("\\")) {
      // "No newline at end of file" belongs to the line before it, wherever that goes.
      last.push(line);
    } else {
      flush();
      out.push(line.replace(/^@@ -(\S+) \+(\S+) @@/, "@@ -$2 +$1 @@"));
      last = out;
    }
  }
  flush();
  return out.join("\n");
}
