import { StageError } from "../errors.ts";

const REVISION = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** Whether a text is a full commit SHA. */
export function isRevision(text: string): boolean {
  return REVISION.test(text);
}

/** Refuses what Git itself refuses as a ref's name, and what a command line could take for an option. */
export function checkRef(ref: string): void {
  const bad =
    ref.startsWith("-") ||
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here.
    /[\s\u0000-\u001f\u007f~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$|(^|\/)\.|\.lock(\/|$)|^@$/.test(ref);
  if (bad || ref === "")
    throw new StageError(
      "fetch",
      "RefInvalid",
      `${JSON.stringify(ref)} is not a name that a branch, tag or commit can have; correct the ref in the declaration.`,
    );
}

/** What to ask ls-remote for; exact names only, for servers answer just those. */
export function refPatterns(ref: string): string[] {
  if (ref === "HEAD" || ref.startsWith("refs/")) return [ref, `${ref}^{}`];
  return [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/tags/${ref}^{}`];
}

/** The commit a ref names, from ls-remote's lines: a branch before a tag, an annotated tag's commit before the tag. */
export function pickRevision(ref: string, lsRemote: string): string | undefined {
  const found = new Map<string, string>();
  for (const line of lsRemote.split("\n")) {
    const [revision, name] = line.split("\t");
    if (revision !== undefined && name !== undefined && isRevision(revision)) found.set(name, revision);
  }
  const [first, ...others] = refPatterns(ref);
  if (others.length === 1) return found.get(others[0]!) ?? found.get(first!);
  return found.get(first!) ?? found.get(others[1]!) ?? found.get(others[0]!);
}
