import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type {
  EnvironmentDetail,
  EnvironmentList,
  HistoryPage,
  ResourceList,
} from "#lib/environments/schemas.ts";

const base = (org: string) => `/organizations/${encodeURIComponent(org)}/environments`;

/** Keys are `[org, "environments", id?, what?]`; live events mark them old. */
export const environmentQueries = {
  /** To choose from: the first hundred that hold these words, or these ones by id. */
  find: (org: string, by: { q: string } | { ids: string }) =>
    queryOptions({
      queryKey: [org, "environments", by],
      queryFn: ({ signal }) => api<EnvironmentList>(`${base(org)}?${new URLSearchParams(by)}`, { signal }),
      placeholderData: keepPreviousData,
    }),
  detail: (org: string, id: string) =>
    queryOptions({
      queryKey: [org, "environments", id],
      queryFn: ({ signal }) => api<EnvironmentDetail>(`${base(org)}/${id}`, { signal }),
      // A state may change by time alone: an agent falls silent, a deadline passes.
      refetchInterval: 30_000,
    }),
  resources: (org: string, id: string) =>
    queryOptions({
      queryKey: [org, "environments", id, "resources"],
      queryFn: ({ signal }) => api<ResourceList>(`${base(org)}/${id}/resources`, { signal }),
    }),
  history: (org: string, id: string) =>
    infiniteQueryOptions({
      queryKey: [org, "environments", id, "history"],
      queryFn: ({ signal, pageParam }) =>
        api<HistoryPage>(
          `${base(org)}/${id}/history${pageParam ? `?after=${encodeURIComponent(pageParam)}` : ""}`,
          { signal },
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
    }),
};

/** Asks the agent to look at Git now. */
export const lookNow = (org: string, id: string) =>
  api<unknown>(`${base(org)}/${id}/look`, { method: "POST", body: {} });
