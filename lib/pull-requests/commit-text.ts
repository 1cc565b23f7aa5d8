type Asked = {
  id: string;
  kind: string;
  reason: string;
  requester: string;
  fromRevision: string;
  toRevision: string;
  commitRevision: string | null;
  narrow: boolean;
  environment: { name: string; cluster: string; url: string };
  pageUrl: string;
  /** Objects that change, as `Kind namespace/name`. */
  objects: string[];
  files: number;
  /** The requester, where they are not the author. */
  coAuthor: { name: string; email: string } | null;
};

const shownObjects = 20;
const short = (revision: string) => revision.slice(0, 7);

/** What the commit and its pull request are called. */
export function titleOf({ kind, environment, toRevision, fromRevision, commitRevision }: Asked): string {
  const { name } = environment;
  if (kind === "revert") return `Revert ${short(commitRevision ?? fromRevision)} for ${name}`;
  if (kind === "undo") return `Undo the rollback of ${name}: back to ${short(toRevision)}`;
  if (kind === "forward") return `Roll ${name} forward to ${short(toRevision)}`;
  return `Roll back ${name} to ${short(toRevision)}`;
}

/** How a rollback is recognised in Git, whoever tells of it and however late. */
export function trailersOf(asked: Pick<Asked, "id" | "environment" | "toRevision" | "coAuthor">): string {
  const { id, environment, toRevision, coAuthor } = asked;
  return [
    `Plumbline-Rollback: ${id}`,
    `Plumbline-Environment: ${environment.cluster}/${environment.name}`,
    `Plumbline-Target: ${toRevision}`,
    ...(coAuthor ? [`Co-authored-by: ${oneLine(coAuthor.name)} <${coAuthor.email}>`] : []),
  ].join("\n");
}

/** Whether a text carries the trailer of this rollback. */
export function carriesRollback(text: string, id: string): boolean {
  return text.split(/\r?\n/).some((line) => line.trim() === `Plumbline-Rollback: ${id}`);
}

// A reason or a name must not be able to say a trailer of its own.
const oneLine = (text: string) => text.replace(/[\r\n<>]+/g, " ").trim();
const quoted = (text: string, mark: string) =>
  text
    .split(/\r?\n/)
    .map((line) => `${mark}${line}`)
    .join("\n");

/** The commit's message. */
export function messageOf(asked: Asked): string {
  const { reason, requester, fromRevision, toRevision, environment, objects } = asked;
  return [
    titleOf(asked),
    quoted(reason, "  "),
    `Requested by ${oneLine(requester)} in Plumbline. From ${fromRevision} to ${toRevision}.`,
    ...(objects.length > 0 ? [`Changes ${objectsOf(objects, (name) => name).join(", ")}.`] : []),
    environment.url,
    trailersOf(asked),
  ].join("\n\n");
}

/** The pull request's text. */
export function bodyOf(asked: Asked): string {
  const { reason, requester, fromRevision, toRevision, environment, objects, files, narrow, pageUrl } = asked;
  const what =
    asked.kind === "revert"
      ? `the files that ${asked.commitRevision ?? fromRevision} changed`
      : narrow
        ? "the files that only this environment reads"
        : "what this environment's rendering reads";
  return [
    `Puts ${what} (${files} changed ${files === 1 ? "file" : "files"}) back to what ${files === 1 ? "it was" : "they were"} at ${toRevision}, for **[${environment.name}](${environment.url})** on ${environment.cluster}. Git was at ${fromRevision}. Everything else stays as it is.`,
    `**Why**\n\n${quoted(reason, "> ")}`,
    ...(objects.length > 0
      ? [`**Objects that change**\n\n${objectsOf(objects, (name) => `- \`${name}\``).join("\n")}`]
      : []),
    `Requested by ${oneLine(requester)}. [Followed by Plumbline](${pageUrl}) until the cluster has converged with it.`,
    trailersOf(asked),
  ].join("\n\n");
}

function objectsOf(objects: string[], line: (name: string) => string): string[] {
  const more = objects.length - shownObjects;
  return [...objects.slice(0, shownObjects).map(line), ...(more > 0 ? [line(`${more} more`)] : [])];
}
