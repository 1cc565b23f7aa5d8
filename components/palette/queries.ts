import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type { SearchResults } from "#lib/search/schemas.ts";

export const searchQueries = {
  text: (org: string, text: string) =>
    queryOptions({
      queryKey: [org, "search", text],
      queryFn: ({ signal }) =>
        api<SearchResults>(`/organizations/${encodeURIComponent(org)}/search?q=${encodeURIComponent(text)}`, {
          signal,
        }),
      enabled: text.trim() !== "",
      placeholderData: keepPreviousData,
      staleTime: 10_000,
    }),
};
