import { EagerLink } from "#components/shell/eager-link.tsx";
import { EVERYTHING, writeFleetFilter } from "#lib/fleet/rules.ts";

/** Leads to the overview for the environments of a cluster or repository that are not named here. */
export function MoreEnvironments({
  org,
  by,
  row,
}: {
  org: string;
  by: "cluster" | "repository";
  row: { name: string; environmentCount: number; environments: readonly unknown[] };
}) {
  const more = row.environmentCount - row.environments.length;
  if (more <= 0) return null;
  return (
    <EagerLink
      href={`/${org}?${writeFleetFilter({ ...EVERYTHING, [by]: row.name })}`}
      className="link relative z-10 text-ink-2"
    >
      and {more.toLocaleString("en-GB")} more
    </EagerLink>
  );
}
