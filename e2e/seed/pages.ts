import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Seeded } from "./seed.ts";

const app = join(import.meta.dirname, "..", "..", "app");

/** Every page's route, as the app folder has it: "/[org]/clusters/[id]". */
export function pageRoutes(folder = app): string[] {
  const routes: string[] = [];
  const walk = (at: string, route: string) => {
    for (const entry of readdirSync(at, { withFileTypes: true }))
      if (entry.isDirectory() && entry.name !== "api")
        walk(join(at, entry.name), entry.name.startsWith("(") ? route : `${route}/${entry.name}`);
    if (existsSync(join(at, "page.tsx"))) routes.push(route || "/");
  };
  walk(folder, "");
  return routes.sort();
}

/** A page to look at: what to call it, where it is, and who looks; null where nobody is signed in. */
export type Visit = { name: string; path: string; who: "member" | "newcomer" | null };
/** What visits choose from; ids of clusters and pull requests by what is remarkable about them. */
export type Ask = Pick<Seeded, "slug" | "environments"> & {
  clusters: Record<string, string>;
  pullRequests: Record<string, string>;
};

const each = (ids: Record<string, string>, noun: string, to: (id: string) => string): [string, string][] =>
  Object.entries(ids).map(([name, id]) => [`${noun}-${name}`, to(id)]);

/** Pages that need more than their own address: by route, what each is called and the path below the organization. */
const special: Record<string, (ask: Ask) => [name: string, path: string][]> = {
  "/[org]/clusters/[id]": ({ clusters }) => each(clusters, "cluster", (id) => `/clusters/${id}`),
  "/[org]/pull-requests/[id]": ({ pullRequests }) =>
    each(pullRequests, "pull-request", (id) => `/pull-requests/${id}`),
  "/[org]/compare": ({ environments }) => {
    const [from, to] = ["eu-west-1-staging/quotes", "eu-west-1-prod/quotes"].map((key) =>
      environments.get(key),
    );
    return [["compare", from && to ? `/compare?from=${from}:now&to=${to}:now` : "/compare"]];
  },
  "/[org]/environments/[cluster]/[name]": ({ environments }) =>
    environments.size === 0
      ? []
      : [
          ["environment-drift", "/environments/eu-west-1-prod/quotes"],
          ["environment-converged", "/environments/eu-west-1-prod/claims"],
          ["environment-silent", "/environments/us-east-1-prod/claims"],
          ...[
            ["resources", "resources"],
            ["graph", "resources&view=graph"],
            ["history", "history"],
            ["pull-requests", "pull-requests"],
            ["settings", "settings"],
          ].map(([name, tab]): [string, string] => [
            `environment-${name}`,
            `/environments/eu-west-1-prod/quotes?tab=${tab}`,
          ]),
        ],
  "/[org]/environments/[cluster]/[name]/ran": ({ environments }) =>
    environments.size === 0
      ? []
      : [["environment-ran", "/environments/eu-west-1-prod/claims/ran?at=2026-11-24T12:00:00Z"]],
};

/** Who looks at what is outside of an organization, and where. */
const outside: Record<string, Omit<Visit, "name">[]> = {
  // Only sends people on.
  "/": [],
  "/setup": [{ path: "/setup?token=one-that-was-used", who: null }],
  "/welcome": [{ path: "/welcome", who: "newcomer" }],
};

/** All that is to be looked at in a seeded organization; throws where it is not known how to visit a page. */
export function visitsOf(ask: Ask, routes = pageRoutes()): Visit[] {
  return routes.flatMap((route): Visit[] => {
    if (!route.startsWith("/[org]"))
      return (outside[route] ?? [{ path: route, who: null }]).map((one) => ({
        name: route.slice(1),
        ...one,
      }));
    const below = route.slice("/[org]".length);
    const found = special[route]?.(ask);
    if (!found && below.includes("["))
      throw new Error(`How is ${route} visited? Say it in e2e/seed/pages.ts.`);
    const pages = found ?? [[below.slice(1).replaceAll("/", "-") || "overview", below] as const];
    return pages.map(([name, path]) => ({ name, path: `/${ask.slug}${path}`, who: "member" }));
  });
}
