import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import { addressOf } from "#lib/matrix/rules.ts";
import type { Matrix, MatrixPart } from "#lib/matrix/schemas.ts";

export const matrixQueries = {
  /** A part, with more of its rows where they were asked for so often. */
  of: (org: string, part: MatrixPart, more = 0) =>
    queryOptions({
      queryKey: [org, "environments", "*", "matrix", addressOf(part).toString(), more],
      queryFn: ({ signal }) => {
        const query = addressOf(part);
        if (more > 0) query.set("more", String(more));
        return api<Matrix>(`/organizations/${encodeURIComponent(org)}/matrix?${query}`, { signal });
      },
      placeholderData: keepPreviousData,
      // What runs changes by releases, not by the second: no need to ask at every report.
      refetchInterval: 60_000,
    }),
};
