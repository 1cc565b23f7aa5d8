import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type { Matrix } from "#lib/matrix/schemas.ts";

export const matrixQueries = {
  /** Of all repositories, or of the one that is named; of a large organization the first stands for all. */
  of: (org: string, repository: string | null) =>
    queryOptions({
      queryKey: [org, "environments", "*", "matrix", repository],
      queryFn: ({ signal }) =>
        api<Matrix>(
          `/organizations/${encodeURIComponent(org)}/matrix${repository ? `?${new URLSearchParams({ repository })}` : ""}`,
          { signal },
        ),
      placeholderData: keepPreviousData,
      // What runs changes by releases, not by the second: no need to ask at every report.
      refetchInterval: 60_000,
    }),
};
