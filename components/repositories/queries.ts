import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { api } from "#components/api.ts";
import { type ConnectRepositoryInput, RepositoryList } from "#lib/repositories/schemas.ts";

const base = (org: string) => `/organizations/${encodeURIComponent(org)}/repositories`;

export const repositoryQueries = {
  list: (org: string) =>
    queryOptions({
      queryKey: [org, "repositories"],
      queryFn: ({ signal }) => api(RepositoryList, base(org), { signal }),
    }),
};

export const connectRepository = (org: string, id: string, input: ConnectRepositoryInput) =>
  api(z.unknown(), `${base(org)}/${id}/connection`, { method: "PUT", body: input });
