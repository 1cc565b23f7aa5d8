import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type {
  AppForm,
  ConnectAppInput,
  CreateAppInput,
  GithubAddress,
  GithubAppSetting,
} from "#lib/github-app/schemas.ts";
import type { GithubIdentity } from "#lib/github-identity/schemas.ts";
import type { ConnectRepositoryInput, RepositoryList } from "#lib/repositories/schemas.ts";

const base = (org: string) => `/organizations/${encodeURIComponent(org)}/repositories`;

const github = (org: string) => `/organizations/${encodeURIComponent(org)}/github`;

export const repositoryQueries = {
  list: (org: string) =>
    queryOptions({
      queryKey: [org, "repositories"],
      queryFn: ({ signal }) => api<RepositoryList>(base(org), { signal }),
    }),
  app: (org: string) =>
    queryOptions({
      queryKey: [org, "github-app"],
      queryFn: ({ signal }) => api<GithubAppSetting>(`${github(org)}/app`, { signal }),
    }),
  identity: (org: string) =>
    queryOptions({
      queryKey: [org, "github-identity"],
      queryFn: ({ signal }) => api<GithubIdentity>(`${github(org)}/identity`, { signal }),
    }),
};

export const startIdentity = (org: string) =>
  api<GithubAddress>(`${github(org)}/identity`, { method: "POST", body: {} });

export const disconnectIdentity = (org: string) =>
  api<GithubIdentity>(`${github(org)}/identity`, { method: "DELETE", body: {} });

export const connectRepository = (org: string, id: string, input: ConnectRepositoryInput) =>
  api<unknown>(`${base(org)}/${id}/connection`, { method: "PUT", body: input });

export const startAppCreation = (org: string, input: CreateAppInput) =>
  api<AppForm>(`${github(org)}/app`, { method: "POST", body: input });

export const startConnecting = (org: string, input: ConnectAppInput) =>
  api<GithubAddress>(`${github(org)}/installation`, { method: "POST", body: input });
