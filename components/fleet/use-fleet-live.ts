"use client";
import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useNews } from "#components/shell/news.ts";
import { paced } from "#components/shell/paced.ts";
import type { Fleet, FleetRow, FleetRows } from "#lib/fleet/schemas.ts";
import { fetchFleetRows, fleetQueries, type ShownFleet } from "./queries.ts";

/** Rows in sight are asked for again at most this often, the order and the counts less often. */
const rowsEveryMs = 1000;
const orderEveryMs = 3000;

/** An order, and the environments of whose change it was known when it was asked for. */
type Asked = { fleet: ShownFleet; known: readonly string[] };

/**
 * Keeps the overview true while events come. Rows in sight are asked for by id and changed where they stand. The
 * order is asked for, too, but taken over by itself only where nobody is at the list (`atRest`): else `waiting` says
 * how many environments have changed, and `refresh` takes it over. However many events come, the cost is the same.
 */
export function useFleetLive(options: {
  org: string;
  filter: string;
  seen: RefObject<readonly string[]>;
  atRest: () => boolean;
}) {
  const { org } = options;
  const client = useQueryClient();
  const [waiting, setWaiting] = useState<(Asked & { changed: number }) | null>(null);
  const latest = useRef(options);
  latest.current = options;
  const news = useRef({ dirty: new Set<string>(), changed: new Set<string>() });

  const take = ({ fleet, known }: Asked) => {
    // What came since it was asked for is not in it, and waits for the next.
    for (const id of known) news.current.changed.delete(id);
    setWaiting(null);
    client.setQueryData(fleetQueries.list(org, fleet.filter).queryKey, fleet);
    const windows = [org, "fleet", "rows", fleet.filter];
    client.removeQueries({ queryKey: windows, type: "inactive" });
    void client.invalidateQueries({ queryKey: windows });
  };
  const takeIt = useRef(take);
  takeIt.current = take;

  const [paces] = useState(() => {
    const rows = paced(async () => {
      const { seen, filter } = latest.current;
      const { dirty } = news.current;
      const ids = dirty.has("*") ? [...seen.current] : seen.current.filter((id) => dirty.has(id));
      dirty.clear();
      if (ids.length === 0) return;
      const found = new Map((await fetchFleetRows(org, ids)).rows.map((row) => [row.id, row]));
      const patch = <T extends { rows: FleetRow[] }>(old: T | undefined): T | undefined =>
        old && { ...old, rows: old.rows.map((row) => found.get(row.id) ?? row) };
      client.setQueryData<ShownFleet>(fleetQueries.list(org, filter).queryKey, patch);
      client.setQueriesData<FleetRows>({ queryKey: [org, "fleet", "rows", filter] }, patch);
    }, rowsEveryMs);
    const order = paced(async () => {
      const { filter, atRest } = latest.current;
      const now = fleetQueries.list(org, filter);
      const known = [...news.current.changed];
      // Asked for beside the cache: what is shown stays until it is taken over.
      const [, fleet] = await Promise.all([
        client.invalidateQueries({ queryKey: fleetQueries.totals(org).queryKey }),
        client.fetchQuery({ ...now, queryKey: [org, "fleet", "order", filter], staleTime: 0, gcTime: 0 }),
      ]);
      if (filter !== latest.current.filter) return;
      const shown = client.getQueryData<ShownFleet>(now.queryKey);
      if (!shown || atRest() || sameOrder(shown, fleet)) takeIt.current({ fleet, known });
      else setWaiting({ fleet, known, changed: news.current.changed.size });
    }, orderEveryMs);
    return { rows, order };
  });
  useEffect(
    () => () => {
      paces.rows.stop();
      paces.order.stop();
    },
    [paces],
  );

  useNews((events) => {
    const about = events.filter(({ topic }) => topic === "environment" || topic === "cluster");
    if (about.length === 0) return;
    for (const { topic, id } of about) {
      news.current.dirty.add(topic === "cluster" ? "*" : id);
      if (topic === "environment") news.current.changed.add(id);
    }
    paces.rows.ask();
    paces.order.ask();
  });

  const shown = waiting?.fleet.filter === options.filter ? waiting : null;
  return {
    changed: shown?.changed ?? 0,
    refresh: () => shown && take(shown),
    /** Called when the list is left: what waits may be taken over. */
    settle: () => shown && options.atRest() && take(shown),
  };
}

/** Whether taking one over for the other would move nothing that is in the first window or a group. */
function sameOrder(one: Fleet, other: Fleet): boolean {
  const order = ({ groups, rows }: Fleet) =>
    JSON.stringify([groups.map(({ key, count }) => [key, count]), rows.map(({ id }) => id)]);
  return order(one) === order(other);
}
