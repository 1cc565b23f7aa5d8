import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type { Comparison, WhatRan } from "#lib/history/schemas.ts";

const base = (org: string) => `/organizations/${encodeURIComponent(org)}`;

export const historyQueries = {
  ran: (org: string, id: string, at: string) =>
    queryOptions({
      queryKey: [org, "history", "ran", id, at],
      queryFn: ({ signal }) =>
        api<WhatRan>(`${base(org)}/environments/${id}/ran?at=${encodeURIComponent(at)}`, { signal }),
      retry: false,
    }),
  comparison: (org: string, from: string, to: string) =>
    queryOptions({
      queryKey: [org, "history", "comparison", from, to],
      queryFn: ({ signal }) =>
        api<Comparison>(`${base(org)}/compare?${new URLSearchParams({ from, to })}`, { signal }),
      retry: false,
    }),
};
