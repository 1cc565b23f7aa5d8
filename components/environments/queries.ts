import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type {
  EnvironmentDetail,
  EnvironmentList,
  HistoryPage,
  ObjectDetail,
  PlumbDays,
  PlumbLine,
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
  /** One object with its manifests. */
  object: (org: string, id: string, key: string) =>
    queryOptions({
      queryKey: [org, "environments", id, "object", key],
      queryFn: ({ signal }) =>
        api<ObjectDetail>(`${base(org)}/${id}/object?key=${encodeURIComponent(key)}`, { signal }),
    }),
  /** What its plumb line shows of the last days. */
  line: (org: string, id: string, days: PlumbDays) =>
    queryOptions({
      queryKey: [org, "environments", id, "line", days],
      queryFn: ({ signal }) => api<PlumbLine>(`${base(org)}/${id}/line?days=${days}`, { signal }),
      staleTime: 5000,
    }),
  /** Newest first, or from the entry that a link names. */
  history: (org: string, id: string, narrowed: { only?: string | null; entry?: string | null } = {}) =>
    infiniteQueryOptions({
      queryKey: [org, "environments", id, "history", narrowed.only ?? null, narrowed.entry ?? null],
      queryFn: ({ signal, pageParam }) => {
        const asked = new URLSearchParams();
        if (narrowed.only) asked.set("only", narrowed.only);
        if (pageParam) asked.set("after", pageParam);
        else if (narrowed.entry) asked.set("entry", narrowed.entry);
        return api<HistoryPage>(`${base(org)}/${id}/history?${asked}`, { signal });
      },
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
    }),
};

/** Asks the agent to look at Git now. */
export const lookNow = (org: string, id: string) =>
  api<unknown>(`${base(org)}/${id}/look`, { method: "POST", body: {} });
