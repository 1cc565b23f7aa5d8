"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useRef, useState } from "react";
import { windowSince } from "#components/plumb-line/windows.ts";
import { PageHead } from "#components/shell/page-head.tsx";
import { Legend } from "#components/state/legend.tsx";
import { SIGNS } from "#components/state/state.ts";
import { Button } from "#components/ui/button.tsx";
import { Empty } from "#components/ui/notice.tsx";
import { useNow } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import { EVERYTHING, writeFleetFilter } from "#lib/fleet/rules.ts";
import type { FleetTotals } from "#lib/fleet/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { FilterLink } from "./filter-link.tsx";
import { FleetFacts } from "./fleet-facts.tsx";
import { FleetFilters } from "./fleet-filters.tsx";
import { FleetList } from "./fleet-list.tsx";
import { fleetSentence } from "./fleet-sentence.ts";
import { OverTime } from "./over-time.tsx";
import { fleetQueries, type ShownFleet } from "./queries.ts";
import { SavedViews } from "./saved-views.tsx";
import { type FleetView, useFleetFilter } from "./use-fleet-filter.ts";
import { useFleetLive } from "./use-fleet-live.ts";

type Props = { org: string; orgName: string; role: Role };

/** The fleet in one glance: is everything as Git says, and if not, what, since when, who. */
export function Overview({ org, orgName, role }: Props) {
  const view = useFleetFilter();
  const totals = useQuery(fleetQueries.totals(org));
  const list = useQuery(fleetQueries.list(org, writeFleetFilter(view.filter)));
  const crumbs = [{ name: orgName }, { name: "Overview" }];
  if (!totals.data)
    return (
      <>
        <PageHead
          crumbs={crumbs}
          title={totals.isError ? "The fleet could not be read." : "Looking at the fleet…"}
        />
        <div className="mt-6">
          <Waiting query={totals} rows={8} className="h-12" />
        </div>
      </>
    );
  if (totals.data.total === 0)
    return (
      <>
        <PageHead crumbs={crumbs} title="No environments yet." />
        <div className="mt-6">
          <Empty
            title="Connect a cluster"
            action={
              <Button look="primary" asChild>
                <Link href={`/${org}/clusters/connect`}>Connect a cluster</Link>
              </Button>
            }
          >
            An agent in your cluster compares it with Git and reports here. Environments are declared in the
            cluster, so they appear by themselves; nothing is configured on this page.
          </Empty>
        </div>
      </>
    );
  return (
    <>
      <PageHead crumbs={crumbs} title={<Sentence view={view} totals={totals.data} />}>
        <FleetFacts org={org} totals={totals.data} />
      </PageHead>
      <Week org={org} />
      <FleetFilters
        view={view}
        bySign={list.data?.bySign ?? totals.data.bySign}
        labelKeys={totals.data.labelKeys}
      />
      <SavedViews org={org} role={role} view={view} />
      {(totals.isError || (list.isError && list.data)) && (
        <p role="status" className="mt-2 text-sm text-drift">
          Could not refresh; showing what was last known.
        </p>
      )}
      <div className="mt-3">
        {list.data ? (
          <Rows org={org} view={view} fleet={list.data} first={totals.data.firstEpisodeAt} />
        ) : (
          <Waiting query={list} rows={8} className="h-12" />
        )}
      </div>
    </>
  );
}

/** The sentence; each part of it leads to what it counts. */
function Sentence({ view, totals }: { view: FleetView; totals: FleetTotals }) {
  return fleetSentence(totals).map(({ text, sign, worst }, index) =>
    sign ? (
      <FilterLink
        key={index}
        view={view}
        to={{ ...EVERYTHING, signs: [sign] }}
        className="decoration-1 underline-offset-4 hover:underline"
        style={worst ? { color: SIGNS[sign].color } : undefined}
      >
        {text}
      </FilterLink>
    ) : (
      <span key={index}>{text}</span>
    ),
  );
}

function Week({ org }: { org: string }) {
  const [open, setOpen] = useState(false);
  return (
    <div className="mt-1">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="link text-sm text-ink-3 hover:text-ink"
      >
        {open ? "Hide the last week" : "Show the last week"}
      </button>
      {open && <OverTime org={org} />}
    </div>
  );
}

function Rows({
  org,
  view,
  fleet,
  first,
}: {
  org: string;
  view: FleetView;
  fleet: ShownFleet;
  first: string | null;
}) {
  const now = useNow();
  // One window for all lines, so that they can be compared; it does not move while the page is open.
  const [window] = useState(() => windowSince(first ? Date.parse(first) : 0, now));
  const list = useRef<HTMLTableElement>(null);
  const seen = useRef<readonly string[]>([]);
  // Somebody points at a row, has one focused, or has scrolled into the list: nothing moves by itself.
  const atRest = () => {
    const box = list.current;
    if (!box) return true;
    return !box.matches(":hover, :focus-within") && box.getBoundingClientRect().top > -1;
  };
  const live = useFleetLive({ org, filter: fleet.filter, seen, atRest });
  useScrollBack(list, fleet.filter);
  useLeaving(list, live.settle);
  const rows = fleet.groups.reduce((sum, { count }) => sum + count, 0);
  return (
    <div data-filter={fleet.filter}>
      <div aria-live="polite" className="pointer-events-none sticky top-14 z-30 h-0 text-center md:top-3">
        {live.changed > 0 && (
          <Button className="pointer-events-auto h-7 -translate-y-2 rounded-full" onClick={live.refresh}>
            {live.changed} changed, refresh the order
          </Button>
        )}
      </div>
      {rows === 0 ? (
        <p className="border-t border-line py-8 text-ink-2">
          {view.filter.text === "" && view.filter.signs.length > 1
            ? "Nothing needs a look. "
            : "No environment matches. "}
          <FilterLink view={view} to={EVERYTHING} className="link">
            Show all
          </FilterLink>
        </p>
      ) : (
        <FleetList org={org} fleet={fleet} window={window} seen={seen} list={list} />
      )}
      <Legend />
    </div>
  );
}

/** Another filter begins at its first row, where one had scrolled down. */
function useScrollBack(list: React.RefObject<HTMLElement | null>, filter: string) {
  const before = useRef(filter);
  useEffect(() => {
    if (before.current === filter) return;
    before.current = filter;
    const top = list.current?.getBoundingClientRect().top ?? 0;
    if (top < 0) scrollBy({ top: top - 80, behavior: "instant" });
  }, [filter, list]);
}

/** Calls `left` when neither the pointer nor the focus is at the list any longer. */
function useLeaving(list: React.RefObject<HTMLElement | null>, left: () => void) {
  const latest = useRef(left);
  latest.current = left;
  useEffect(() => {
    const box = list.current;
    const leave = () => setTimeout(() => latest.current());
    box?.addEventListener("pointerleave", leave);
    box?.addEventListener("focusout", leave);
    return () => {
      box?.removeEventListener("pointerleave", leave);
      box?.removeEventListener("focusout", leave);
    };
  });
}
