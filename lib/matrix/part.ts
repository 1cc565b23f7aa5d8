/** What of the matrix is looked at: it stands in the address, so that a filtered page can be pasted into a chat. */
export type MatrixPart = {
  text: string;
  differing: boolean;
  repository: string | null;
  /** The first environment that is a column. */
  from: number;
};

/** The address' words for a part. */
export function addressOf({ text, differing, repository, from }: MatrixPart): URLSearchParams {
  const query = new URLSearchParams();
  if (text) query.set("q", text);
  if (differing) query.set("show", "differing");
  if (repository) query.set("repository", repository);
  if (from > 0) query.set("from", String(from));
  return query;
}

/** So many environments are columns at once. */
export const MOST_COLUMNS = 30;

/** Longer than anybody types. */
export const longestText = 200;

/** The part that an address speaks of. */
export function partOf(query: { get(name: string): string | null }): MatrixPart {
  const from = Number(query.get("from"));
  return {
    text: (query.get("q") ?? "").slice(0, longestText),
    differing: query.get("show") === "differing",
    repository: query.get("repository"),
    from: Number.isSafeInteger(from) && from > 0 ? from : 0,
  };
}
