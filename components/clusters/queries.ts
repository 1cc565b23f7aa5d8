import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type {
  ClusterDetail,
  ClusterList,
  ConnectClusterInput,
  ConnectClusterResult,
} from "#lib/clusters/schemas.ts";

const base = (org: string) => `/organizations/${encodeURIComponent(org)}/clusters`;

export const clusterQueries = {
  list: (org: string) =>
    queryOptions({
      queryKey: [org, "clusters"],
      queryFn: ({ signal }) => api<ClusterList>(base(org), { signal }),
      refetchInterval: 30_000,
    }),
  detail: (org: string, id: string) =>
    queryOptions({
      queryKey: [org, "clusters", id],
      queryFn: ({ signal }) => api<ClusterDetail>(`${base(org)}/${id}`, { signal }),
      refetchInterval: 15_000,
    }),
};

export const connectCluster = (org: string, input: ConnectClusterInput) =>
  api<ConnectClusterResult>(base(org), { method: "POST", body: input });
export const rotateToken = (org: string, id: string) =>
  api<ConnectClusterResult>(`${base(org)}/${id}/tokens`, { method: "POST", body: {} });
export const revokeToken = (org: string, id: string, tokenId: string) =>
  api<unknown>(`${base(org)}/${id}/tokens/${tokenId}`, { method: "DELETE" });
export const removeCluster = (org: string, id: string) =>
  api<unknown>(`${base(org)}/${id}`, { method: "DELETE" });
