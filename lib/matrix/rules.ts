import type { MatrixPart } from "./schemas.ts";

/** Longer than anybody types. */
export const longestText = 200;

/** So many environments are columns at once. */
export const MOST_COLUMNS = 20;

/** An image reference, taken apart; the registry's host is left out of the name. */
export type ImageParts = { name: string; tag: string | null; digest: string | null };

/** Takes `registry:5000/team/app:1.2@sha256:…` apart; never throws. */
export function imageParts(image: string): ImageParts {
  const [reference = "", digest = null] = image.split("@", 2);
  const slash = reference.lastIndexOf("/");
  const colon = reference.indexOf(":", slash + 1);
  const path = colon === -1 ? reference : reference.slice(0, colon);
  const tag = colon === -1 ? null : reference.slice(colon + 1) || null;
  const [first = "", ...rest] = path.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return { name: isHost ? rest.join("/") : path, tag, digest };
}

/** What people call the version of an image: its tag, else the beginning of its digest. */
export function versionOf(image: string): string {
  const { tag, digest } = imageParts(image);
  return tag ?? digest?.replace(/^(sha256:.{7}).*$/, "$1") ?? "no tag";
}

type SemVer = { numbers: [number, number, number]; pre: string[] };

/** A version by semver.org's rules, with or without "v" and the third number; null where it is none. */
export function semverOf(tag: string): SemVer | null {
  const found = /^v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(
    tag,
  );
  if (!found) return null;
  const [, major, minor, patch = "0", pre] = found;
  return { numbers: [Number(major), Number(minor), Number(patch)], pre: pre?.split(".") ?? [] };
}

/** Less than, equal to or greater than 0, as semver.org orders them. */
export function compareSemver(a: SemVer, b: SemVer): number {
  for (const index of [0, 1, 2] as const)
    if (a.numbers[index] !== b.numbers[index]) return a.numbers[index] - b.numbers[index];
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length;
  for (let index = 0; index < Math.max(a.pre.length, b.pre.length); index++) {
    const [left, right] = [a.pre[index], b.pre[index]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const [m, n] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (m && n && Number(left) !== Number(right)) return Number(left) - Number(right);
    if (m !== n) return m ? -1 : 1;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/**
 * Where one environment's version stands among the others' of its row. `same`: all run one; `newest`; `behind` by how
 * many versions of this row; `other`: another image altogether. `by`: whether tags or Git's order say so.
 */
export type Standing = {
  is: "same" | "newest" | "behind" | "other";
  behind: number;
  by: "version" | "git";
};

/** What one environment runs, and when the revision that is compared there was committed. */
export type Running = { image: string; committedAt: string | null };

/** How the versions of a row stand to one another, in their order. */
export function standingsOf(cells: readonly Running[]): Standing[] {
  const parts = cells.map(({ image }) => imageParts(image));
  const usual = mostOf(parts.map(({ name }) => name));
  const order = ordered(cells.filter((_, index) => parts[index]!.name === usual));
  return cells.map((cell, index) => {
    if (parts[index]!.name !== usual) return { is: "other", behind: 0, by: order.by };
    const behind = order.versions.indexOf(keyOf(cell));
    const is = order.versions.length === 1 ? "same" : behind === 0 ? "newest" : "behind";
    return { is, behind, by: order.by };
  });
}

const keyOf = ({ image }: Running) => {
  const { tag, digest } = imageParts(image);
  return tag ?? digest ?? "";
};

/** The versions of a row, newest first: by their numbers where all have some, else by when Git asked for them. */
function ordered(cells: readonly Running[]) {
  const newest = new Map<string, string>();
  for (const cell of cells) {
    const at = cell.committedAt ?? "";
    const key = keyOf(cell);
    if (at >= (newest.get(key) ?? "")) newest.set(key, at);
  }
  const keys = [...newest.keys()];
  const parsed = new Map(keys.map((key) => [key, semverOf(key)]));
  if (keys.every((key) => parsed.get(key)))
    return {
      by: "version" as const,
      versions: keys.sort((a, b) => compareSemver(parsed.get(b)!, parsed.get(a)!)),
    };
  return {
    by: "git" as const,
    versions: keys.sort((a, b) => newest.get(b)!.localeCompare(newest.get(a)!) || a.localeCompare(b)),
  };
}

function mostOf(names: string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))[0]?.[0];
}

/** Where environments are called apart by their clusters alone, the clusters are their names. */
export function columnName(
  column: { name: string; cluster: string },
  columns: readonly { name: string }[],
): { name: string; under: string } {
  const alike = columns.every(({ name }) => name === column.name);
  return alike ? { name: column.cluster, under: "" } : { name: column.name, under: column.cluster };
}

/** Orders names as people count: `web-2` before `web-10`. */
export const byName = new Intl.Collator("en", { numeric: true }).compare;

const STAGES = [
  /\b(dev|develop|development|test|testing|sandbox|lab|preview|ci)\b/,
  /\b(staging|stage|stg|qa|uat|pre|preprod|integration|int|acceptance)\b/,
  /\b(prod|production|prd|live|main)\b/,
];

/** How far on its way to production an environment is by its names and labels: 0 development, 2 production. */
export function stageOf(environment: {
  name: string;
  cluster: string;
  labels?: Record<string, string>;
}): number {
  const { labels = {}, name, cluster } = environment;
  const said = [labels.stage ?? labels.environment ?? labels.env ?? labels.tier ?? "", name, cluster];
  for (const text of said) {
    const stage = STAGES.findIndex((words) => words.test(text.toLowerCase().replaceAll(/[_.]/g, "-")));
    if (stage >= 0) return stage;
  }
  return 1;
}

/** The address' words for a part. */
export function addressOf({ text, differing, repository, from }: MatrixPart): URLSearchParams {
  const query = new URLSearchParams();
  if (text) query.set("q", text);
  if (differing) query.set("show", "differing");
  if (repository) query.set("repository", repository);
  if (from > 0) query.set("from", String(from));
  return query;
}

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

/** Whether all words of a filter's text are in one of these. */
export function holdsWords(text: string, said: readonly string[]): boolean {
  const all = said.join(" ").toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
