import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { api } from "#components/api.ts";
import type {
  AlertPage,
  AlertPolicy,
  AlertPolicyView,
  CreateMuteInput,
  MuteList,
  MuteRow,
} from "#lib/alerts/schemas.ts";

const organization = (org: string) => `/organizations/${encodeURIComponent(org)}`;

/** What a list of alerts is narrowed to; it stands in the address of the page. */
export type AlertFilter = { environmentId?: string | null; kind?: string | null };

/** Keys are `[org, "alerts", what, …]`; live events mark them old. */
export const alertQueries = {
  list: (org: string, filter: AlertFilter = {}) =>
    infiniteQueryOptions({
      queryKey: [org, "alerts", "list", filter.environmentId ?? null, filter.kind ?? null],
      queryFn: ({ signal, pageParam }) =>
        api<AlertPage>(
          `${organization(org)}/alerts${asQuery({ environment: filter.environmentId, kind: filter.kind, after: pageParam })}`,
          { signal },
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
      placeholderData: keepPreviousData,
    }),
  /** Of the organization where `environmentId` is null. */
  policy: (org: string, environmentId: string | null) =>
    queryOptions({
      queryKey: [org, "alerts", "policy", environmentId],
      queryFn: ({ signal }) => api<AlertPolicyView>(policyPath(org, environmentId), { signal }),
    }),
  mutes: (org: string) =>
    queryOptions({
      queryKey: [org, "alerts", "mutes"],
      queryFn: ({ signal }) => api<MuteList>(`${organization(org)}/alerts/mutes`, { signal }),
      // A mute ends by time alone.
      refetchInterval: 60_000,
    }),
};

export const setPolicy = (org: string, environmentId: string | null, policy: AlertPolicy | null) =>
  api<AlertPolicyView>(policyPath(org, environmentId), { method: "PUT", body: { policy } });
export const createMute = (org: string, input: z.input<typeof CreateMuteInput>) =>
  api<MuteRow>(`${organization(org)}/alerts/mutes`, { method: "POST", body: input });
export const liftMute = (org: string, id: string) =>
  api<unknown>(`${organization(org)}/alerts/mutes/${id}`, { method: "DELETE" });

const policyPath = (org: string, environmentId: string | null) =>
  environmentId
    ? `${organization(org)}/environments/${environmentId}/alert-policy`
    : `${organization(org)}/alerts/policy`;

/** `?a=1&b=2` of what is set; empty where nothing is. */
export function asQuery(values: Record<string, string | null | undefined>): string {
  const set = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return set.length > 0 ? `?${new URLSearchParams(set)}` : "";
}
