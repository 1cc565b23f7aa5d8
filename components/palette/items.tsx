import type { ReactNode } from "react";
import { environmentHref } from "#components/environments/href.ts";
import { signOf, signOfSync } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { plural, shortSha } from "#components/ui/format.ts";
import type { SearchResults } from "#lib/search/schemas.ts";

/** One line of the palette: a place to go to, or something to do. */
export type Item = {
  id: string;
  name: ReactNode;
  detail?: ReactNode;
  icon?: ReactNode;
  keys?: string;
  href?: string;
  /** What an environment's line is about, for commands that want one. */
  environment?: { id: string; name: string };
  run?: () => void;
  /** Leaves the palette open: more is to be chosen. */
  stays?: boolean;
};
export type Group = { heading: string; items: Item[] };

/** What the server found, as lines; each with the page that shows it. */
export function foundGroups(org: string, found: SearchResults): Group[] {
  return [
    {
      heading: "Environments",
      items: found.environments.map(({ id, name, cluster, path, state, causes }) => ({
        id: `environment/${id}`,
        name,
        detail: `${cluster}, ${path}`,
        icon: <StateIcon sign={signOf(state, causes)} />,
        href: environmentHref(org, { name, cluster }),
        environment: { id, name },
      })),
    },
    {
      heading: "Resources",
      items: found.resources.map(({ key, kind, namespace, name, sync, cause, environment }) => ({
        id: `resource/${environment.id}/${key}`,
        name: (
          <>
            <span className="text-ink-2">{kind}</span> {namespace ? `${namespace}/${name}` : name}
          </>
        ),
        detail: `${environment.name}, ${environment.cluster}`,
        icon: <StateIcon sign={signOfSync(sync, cause ?? undefined)} />,
        href: `${environmentHref(org, environment)}?tab=resources&object=${encodeURIComponent(key)}`,
      })),
    },
    {
      heading: "Commits",
      items: found.commits.map(({ revision, subject, author, environments, environmentCount }) => ({
        id: `commit/${revision}`,
        name: (
          <>
            <span className="mono text-ink-2">{shortSha(revision)}</span> {subject}
          </>
        ),
        detail: `${author}; changed ${changed(environments, environmentCount)}`,
        href: `${environmentHref(org, environments[0]!)}?tab=history&entry=${revision}`,
      })),
    },
    {
      heading: "Pull requests",
      items: found.pullRequests.map(({ id, number, environment, toRevision, reason, status }) => ({
        id: `pull-request/${id}`,
        name: `${number ? `#${number} ` : ""}Roll ${environment} back to ${shortSha(toRevision)}`,
        detail: `${status}: “${reason}”`,
        href: `/${org}/pull-requests/${id}`,
      })),
    },
    {
      heading: "Clusters",
      items: found.clusters.map(({ id, name }) => ({
        id: `cluster/${id}`,
        name,
        href: `/${org}/clusters/${id}`,
      })),
    },
    {
      heading: "Repositories",
      items: found.repositories.map(({ id, name }) => ({
        id: `repository/${id}`,
        name,
        href: `/${org}/repositories`,
      })),
    },
  ];
}

function changed(environments: { name: string }[], count: number): string {
  const names = environments.map(({ name }) => name).join(", ");
  return count > environments.length ? `${names} and ${plural(count - environments.length, "other")}` : names;
}

/** Whether every word that was typed stands in the text. */
export function holds(text: string, typed: string): boolean {
  const within = text.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => within.includes(word));
}
