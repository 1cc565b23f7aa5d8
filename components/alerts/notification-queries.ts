import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type {
  ChannelInput,
  ChannelList,
  ChannelRow,
  CreateChannelResult,
  CreateRuleInput,
  DeliveryPage,
  DeliveryRow,
  RuleList,
  RuleRow,
  UpdateChannelInput,
} from "#lib/notifications/schemas.ts";
import { asQuery } from "./queries.ts";

const base = (org: string) => `/organizations/${encodeURIComponent(org)}/notifications`;

/** What the log of deliveries is narrowed to. */
export type DeliveryFilter = {
  channelId?: string | null;
  alertId?: string | null;
  status?: string | null;
};

/** Keys are `[org, "notifications", what, …]`; live events mark them old. */
export const notificationQueries = {
  channels: (org: string) =>
    queryOptions({
      queryKey: [org, "notifications", "channels"],
      queryFn: ({ signal }) => api<ChannelList>(`${base(org)}/channels`, { signal }),
    }),
  rules: (org: string) =>
    queryOptions({
      queryKey: [org, "notifications", "rules"],
      queryFn: ({ signal }) => api<RuleList>(`${base(org)}/rules`, { signal }),
    }),
  deliveries: (org: string, filter: DeliveryFilter = {}) =>
    infiniteQueryOptions({
      queryKey: [
        org,
        "notifications",
        "deliveries",
        filter.channelId ?? null,
        filter.alertId ?? null,
        filter.status ?? null,
      ],
      queryFn: ({ signal, pageParam }) =>
        api<DeliveryPage>(
          `${base(org)}/deliveries${asQuery({ channel: filter.channelId, alert: filter.alertId, status: filter.status, after: pageParam })}`,
          { signal },
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
      placeholderData: keepPreviousData,
    }),
};

export const createChannel = (org: string, input: ChannelInput) =>
  api<CreateChannelResult>(`${base(org)}/channels`, { method: "POST", body: input });
export const updateChannel = (org: string, id: string, input: UpdateChannelInput) =>
  api<ChannelRow>(`${base(org)}/channels/${id}`, { method: "PATCH", body: input });
export const deleteChannel = (org: string, id: string) =>
  api<unknown>(`${base(org)}/channels/${id}`, { method: "DELETE" });
export const testChannel = (org: string, id: string) =>
  api<DeliveryRow>(`${base(org)}/channels/${id}/test`, { method: "POST", body: {} });
export const createRule = (org: string, input: CreateRuleInput) =>
  api<RuleRow>(`${base(org)}/rules`, { method: "POST", body: input });
export const deleteRule = (org: string, id: string) =>
  api<unknown>(`${base(org)}/rules/${id}`, { method: "DELETE" });
export const retryDelivery = (org: string, id: string) =>
  api<DeliveryRow>(`${base(org)}/deliveries/${id}/retry`, { method: "POST", body: {} });
