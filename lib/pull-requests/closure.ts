/** The names that Kustomize takes for its one file in a directory: where one appears, another must go. */
const kustomizations = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

const split = (path: string) => {
  const at = path.lastIndexOf("/");
  return { folder: at < 0 ? "" : path.slice(0, at), name: path.slice(at + 1) };
};
const join = (folder: string, name: string) => (folder === "" ? name : `${folder}/${name}`);

/**
 * What must be put back so that an environment renders as it did: all that its rendering read then, and the names
 * that decide how a directory is read. One of those that is there now and was not then would change the rendering
 * without having been an input.
 */
export function restoredPaths(inputs: string[], environmentPath: string): string[] {
  const paths = new Set(inputs);
  for (const input of inputs) {
    const { folder, name } = split(input);
    if (kustomizations.includes(name)) for (const other of kustomizations) paths.add(join(folder, other));
  }
  const start = environmentPath.replace(/^(\.?\/)+|\/+$/g, "").replace(/^\.$/, "");
  if (!paths.has(start) && !paths.has(`${start}/`))
    for (const name of ["Chart.yaml", ...kustomizations]) paths.add(join(start, name));
  return [...paths].sort();
}

/** Whether a rendering with these inputs reads a file: named itself, or in a directory that is read whole. */
export function readsFile(inputs: ReadonlySet<string>, file: string): boolean {
  if (inputs.has(file) || inputs.has("/")) return true;
  for (let at = file.indexOf("/"); at > 0; at = file.indexOf("/", at + 1))
    if (inputs.has(file.slice(0, at + 1))) return true;
  return false;
}

/** An environment that reads the same repository: what its newest rendering read, or its path where nobody knows. */
export type Reader = { id: string; inputs: string[]; recorded: boolean };

/** Whom a change of these files reaches, each with the files; those whom it does not reach are left out. */
export function blastRadius<R extends Reader>(
  files: string[],
  readers: R[],
): { reader: R; files: string[] }[] {
  return readers
    .map((reader) => {
      const inputs = new Set(reader.inputs);
      return { reader, files: files.filter((file) => readsFile(inputs, file)) };
    })
    .filter((reached) => reached.files.length > 0);
}

/** The files of a restore that nobody else reads. */
export function ownFiles(files: string[], readers: Reader[]): string[] {
  const shared = new Set(blastRadius(files, readers).flatMap((reached) => reached.files));
  return files.filter((file) => !shared.has(file));
}

/** What an environment reads where its rendering was not recorded: its path, whole. */
export function pathAsInputs(environmentPath: string): string[] {
  const path = environmentPath.replace(/^(\.?\/)+|\/+$/g, "").replace(/^\.$/, "");
  return path === "" ? ["/"] : [path, `${path}/`];
}
