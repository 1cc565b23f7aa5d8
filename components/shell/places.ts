/** A page of an organization that can be gone to from anywhere: in the navigation, by "g" and a letter, by name. */
export type Place = {
  name: string;
  /** After `/[org]`. */
  path: string;
  key: string;
  /** Which of the organization's counts stands beside it. */
  count?: "environments" | "clusters" | "repositories" | "pullRequests";
};

/** The navigation, in its order; the keys, the sheet of keys and the palette are made from it. */
export const PLACES: Place[] = [
  { name: "Overview", path: "", key: "o", count: "environments" },
  { name: "Matrix", path: "/matrix", key: "x" },
  { name: "Clusters", path: "/clusters", key: "c", count: "clusters" },
  { name: "Repositories", path: "/repositories", key: "r", count: "repositories" },
  { name: "Pull requests", path: "/pull-requests", key: "p", count: "pullRequests" },
  { name: "Delivery", path: "/figures", key: "d" },
  { name: "Alerts", path: "/alerts", key: "a" },
  { name: "Audit", path: "/audit", key: "u" },
  { name: "Members", path: "/members", key: "m" },
  { name: "Settings", path: "/settings", key: "s" },
];

/** The place that a path is at or below: an environment's page is the overview's. */
export function placeOf(org: string, path: string): Place | undefined {
  const rest = path.slice(`/${org}`.length);
  if (rest === "" || rest.startsWith("/environments")) return PLACES[0];
  return PLACES.find((place) => place.path !== "" && `${rest}/`.startsWith(`${place.path}/`));
}
