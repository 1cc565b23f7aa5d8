import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type {
  Fleet,
  FleetOverTime,
  FleetRows,
  FleetTotals,
  SavedViewList,
  SaveViewInput,
} from "#lib/fleet/schemas.ts";

const base = (org: string) => `/organizations/${encodeURIComponent(org)}`;

/** What a filter shows, with the filter it was asked by: while another one is loading, the former is still there. */
export type ShownFleet = Fleet & { filter: string };

/** A window of rows that are far down is let go soon after it was scrolled away. */
const windowKeptMs = 60_000;

/** Keys are `[org, "fleet", what, filter]`. Live events do not make them old: `use-fleet-live.ts` asks for what changed. */
export const fleetQueries = {
  totals: (org: string) =>
    queryOptions({
      queryKey: [org, "fleet", "totals"],
      queryFn: ({ signal }) => api<FleetTotals>(`${base(org)}/fleet/totals`, { signal }),
    }),
  list: (org: string, filter: string) =>
    queryOptions({
      queryKey: [org, "fleet", "list", filter],
      queryFn: async ({ signal }): Promise<ShownFleet> => ({
        ...(await api<Fleet>(`${base(org)}/fleet?${filter}`, { signal })),
        filter,
      }),
      placeholderData: keepPreviousData,
      gcTime: 5 * windowKeptMs,
    }),
  rows: (org: string, filter: string, offset: number) =>
    queryOptions({
      queryKey: [org, "fleet", "rows", filter, offset],
      queryFn: ({ signal }) =>
        api<FleetRows>(`${base(org)}/fleet/rows?${filter}${filter && "&"}offset=${offset}`, { signal }),
      gcTime: windowKeptMs,
    }),
  overTime: (org: string) =>
    queryOptions({
      queryKey: [org, "fleet", "over-time"],
      queryFn: ({ signal }) => api<FleetOverTime>(`${base(org)}/fleet/over-time`, { signal }),
      staleTime: 5 * 60_000,
    }),
  views: (org: string) =>
    queryOptions({
      queryKey: [org, "fleet", "views"],
      queryFn: ({ signal }) => api<SavedViewList>(`${base(org)}/views`, { signal }),
    }),
};

/** Rows by id, wherever they stand. */
export const fetchFleetRows = (org: string, ids: readonly string[]) =>
  api<FleetRows>(`${base(org)}/fleet/rows?ids=${ids.join()}`);

export const saveView = (org: string, body: SaveViewInput) =>
  api<{ id: string }>(`${base(org)}/views`, { method: "POST", body });

export const removeView = (org: string, id: string) =>
  api<null>(`${base(org)}/views/${id}`, { method: "DELETE" });
