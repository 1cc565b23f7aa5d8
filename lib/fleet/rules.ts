import { needsLook, SIGN_ORDER, type Sign } from "../protocol/sign.ts";

/** How many rows one window holds. */
export const FLEET_WINDOW = 40;

export const FLEET_SORTS = ["look", "name", "since"] as const;
export type FleetSort = (typeof FLEET_SORTS)[number];

/** What the overview shows and in which order; it stands in the address as it is written by `writeFleetFilter`. */
export type FleetFilter = {
  /** Words that are all looked for. */
  text: string;
  /** Empty for every state. */
  signs: Sign[];
  /** Names; null for all. */
  cluster: string | null;
  repository: string | null;
  /** `key:value`; all of them must be there. */
  labels: string[];
  /** `cluster`, `repository`, `state`, `none`, or `label:` and its key. */
  group: string;
  sort: FleetSort;
};

export const EVERYTHING: FleetFilter = {
  ...{ text: "", signs: [], cluster: null, repository: null, labels: [] },
  ...{ group: "cluster", sort: "look" },
};

/** The signs that want a look, as a filter. */
export const LOOK_SIGNS: Sign[] = SIGN_ORDER.filter(needsLook);

const longestText = 200;
const longestName = 253;
const mostLabels = 5;

type Params = { get(name: string): string | null; getAll(name: string): string[] };

/** Reads a filter from an address. What is no filter of ours is left out: an address never fails. */
export function readFleetFilter(params: Params): FleetFilter {
  const name = (key: string) => clean(params.get(key), longestName) || null;
  const group = clean(params.get("group"), longestName);
  const show = params.get("show") ?? "";
  return {
    text: clean(params.get("q"), longestText, false),
    signs: show === "look" ? LOOK_SIGNS : SIGN_ORDER.filter((sign) => show.split(",").includes(sign)),
    cluster: name("cluster"),
    repository: name("repository"),
    labels: params
      .getAll("label")
      .map((label) => clean(label, longestName))
      .filter((label) => label.includes(":"))
      .slice(0, mostLabels),
    group: isGroup(group) ? group : "cluster",
    sort: FLEET_SORTS.find((sort) => sort === params.get("sort")) ?? "look",
  };
}

/** The shortest address of a filter; the same for the same filter. Empty where nothing is filtered. */
export function writeFleetFilter(filter: FleetFilter): string {
  const params = new URLSearchParams();
  const { text, signs, cluster, repository, labels, group, sort } = filter;
  if (text.trim()) params.set("q", text.trim());
  if (signs.length > 0 && signs.length < SIGN_ORDER.length)
    params.set("show", isLook(filter) ? "look" : SIGN_ORDER.filter((sign) => signs.includes(sign)).join());
  if (cluster) params.set("cluster", cluster);
  if (repository) params.set("repository", repository);
  for (const label of labels.toSorted()) params.append("label", label);
  if (group !== EVERYTHING.group) params.set("group", group);
  if (sort !== EVERYTHING.sort) params.set("sort", sort);
  return params.toString();
}

/** Whether exactly what wants a look is shown. */
export const isLook = ({ signs }: FleetFilter) => signs.join() === LOOK_SIGNS.join();

/** Whether anything is left out. */
export const isFiltered = (filter: FleetFilter) =>
  writeFleetFilter({ ...filter, group: EVERYTHING.group, sort: EVERYTHING.sort }) !== "";

/** The words of a search, at most eight. */
export const wordsOf = (text: string) => text.split(/\s+/).filter(Boolean).slice(0, 8);

/** The key that is grouped by, where it is a label. */
export const groupLabel = (group: string) => (group.startsWith("label:") ? group.slice(6) : null);

const isGroup = (group: string) =>
  ["cluster", "repository", "state", "none"].includes(group) || (groupLabel(group) ?? "") !== "";

/** Text from an address, as PostgreSQL takes it. */
function clean(text: string | null, longest: number, trimmed = true): string {
  const whole = (text ?? "").replaceAll("\0", "").slice(0, longest).toWellFormed();
  return trimmed ? whole.trim() : whole;
}
