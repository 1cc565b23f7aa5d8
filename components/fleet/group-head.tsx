"use client";
import { EagerLink } from "#components/shell/eager-link.tsx";
import { SIGNS, type Sign } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import { groupLabel } from "#lib/fleet/rules.ts";
import type { FleetGroup } from "#lib/fleet/schemas.ts";

/** Stands over the rows of a group and stays in sight while one scrolls through them. */
export function GroupHead({ org, by, group }: { org: string; by: string; group: FleetGroup }) {
  return (
    <tr className="sticky top-[var(--sticky)] z-10 flex h-[var(--head)] items-end gap-x-2 overflow-hidden border-b border-line-strong bg-paper pb-1.5 text-sm text-ink-3">
      <th
        scope="rowgroup"
        colSpan={6}
        className="flex min-w-0 items-center gap-x-2 whitespace-nowrap text-left font-normal"
      >
        <Name org={org} by={by} group={group} />
        <span className="truncate">
          {group.count.toLocaleString("en-GB")} {group.count === 1 ? "environment" : "environments"}
          {group.look > 0 && by !== "state" && <>, {group.look.toLocaleString("en-GB")} to look at</>}
          {group.agent && <Heard agent={group.agent} />}
        </span>
      </th>
    </tr>
  );
}

function Name({ org, by, group }: { org: string; by: string; group: FleetGroup }) {
  const name = "max-w-[70%] shrink-0 truncate font-[550] text-ink";
  if (group.key === "…") return <span className={name}>{group.name} more</span>;
  if (by === "cluster")
    return (
      <EagerLink href={`/${org}/clusters/${group.key}`} className={`${name} hover:underline`}>
        {group.name}
      </EagerLink>
    );
  if (by === "state" && group.key in SIGNS)
    return (
      <span className={`${name} flex items-center gap-1.5`}>
        <StateIcon sign={group.key as Sign} />
        {SIGNS[group.key as Sign].word}
      </span>
    );
  const label = groupLabel(by);
  return <span className={name}>{label !== null && group.key === "" ? `no ${label}` : group.name}</span>;
}

/** How a cluster's agent is heard. A time stands here only where nothing is known: what is well is quiet. */
function Heard({ agent }: { agent: NonNullable<FleetGroup["agent"]> }) {
  if (!agent.lastSeenAt) return <>, its agent has not been heard yet</>;
  if (!agent.silent) return <>, agent {agent.version}</>;
  return (
    <>
      , agent {agent.version} last heard <Time at={agent.lastSeenAt} />
    </>
  );
}
