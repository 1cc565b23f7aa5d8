"use client";
import { environmentHref } from "#components/environments/href.ts";
import { EagerLink } from "#components/shell/eager-link.tsx";
import { SIGNS, signOf } from "#components/state/state.ts";
import { duration, shortSha } from "#components/ui/format.ts";
import { Time, useNow } from "#components/ui/time.tsx";
import type { FleetTotals } from "#lib/fleet/schemas.ts";

/** What has been open the longest, and what arrived last. */
export function FleetFacts({ org, totals: { longest, last } }: { org: string; totals: FleetTotals }) {
  const now = useNow();
  if (!longest && !last) return null;
  return (
    <p suppressHydrationWarning>
      {longest && (
        <>
          Longest open:{" "}
          <EagerLink className="font-[550] text-ink hover:underline" href={environmentHref(org, longest)}>
            {longest.name}
          </EagerLink>
          , {SIGNS[signOf(longest.state, longest.causes)].word.toLowerCase()} for{" "}
          {openFor(now - Date.parse(longest.since))}.{" "}
        </>
      )}
      {last && (
        <>
          Last change: <span className="mono">{shortSha(last.revision)}</span> reached{" "}
          <b className="font-[550]">{last.name}</b> {duration(last.leadTimeMs)} after it was committed,{" "}
          <Time at={last.committedAt} />.
        </>
      )}
    </p>
  );
}

/** Whole minutes once there is one: a sentence that counts seconds all day is restless. */
const openFor = (ms: number) => duration(ms < 60_000 ? ms : Math.floor(ms / 60_000) * 60_000);
