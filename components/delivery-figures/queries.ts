import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type { DeliveryFigures, FigureSpan } from "#lib/delivery-figures/schemas.ts";
import type { CauseDays, CauseSpan } from "#lib/divergences/schemas.ts";
import type { Retention } from "#lib/history/schemas.ts";

const base = (org: string) => `/organizations/${encodeURIComponent(org)}`;

export const figureQueries = {
  /** Of one environment, or of the organization where none is named. */
  all: (org: string, environment: string | null, days: FigureSpan) =>
    queryOptions({
      queryKey: [org, "figures", environment, days],
      queryFn: ({ signal }) =>
        api<DeliveryFigures>(
          `${base(org)}/figures?${new URLSearchParams({ days, ...(environment ? { environment } : {}) })}`,
          { signal },
        ),
      placeholderData: keepPreviousData,
      refetchInterval: 60_000,
    }),
  causes: (org: string, environment: string | null, days: CauseSpan) =>
    queryOptions({
      queryKey: [org, "figures", "causes", environment, days],
      queryFn: ({ signal }) =>
        api<CauseDays>(
          `${base(org)}/divergences/days?${new URLSearchParams({ days, ...(environment ? { environment } : {}) })}`,
          { signal },
        ),
      placeholderData: keepPreviousData,
      refetchInterval: 60_000,
    }),
  retention: (org: string) =>
    queryOptions({
      queryKey: [org, "retention"],
      queryFn: ({ signal }) => api<Retention>(`${base(org)}/retention`, { signal }),
    }),
};

export const setRetention = (org: string, retention: Retention) =>
  api<Retention>(`${base(org)}/retention`, { method: "PUT", body: retention });
