import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import {
  type OpenRollbackInput,
  PullRequestList,
  PullRequestRow,
  RollbackPreview,
} from "#lib/pull-requests/schemas.ts";

const base = (org: string) => `/organizations/${encodeURIComponent(org)}`;

export const pullRequestQueries = {
  list: (org: string, environmentId?: string) =>
    queryOptions({
      queryKey: [org, "pull-requests", ...(environmentId ? [{ environmentId }] : [])],
      queryFn: ({ signal }) =>
        api(
          PullRequestList,
          `${base(org)}/pull-requests${environmentId ? `?environment=${environmentId}` : ""}`,
          { signal },
        ),
    }),
  detail: (org: string, id: string) =>
    queryOptions({
      queryKey: [org, "pull-requests", id],
      queryFn: ({ signal }) => api(PullRequestRow, `${base(org)}/pull-requests/${id}`, { signal }),
    }),
  preview: (org: string, environmentId: string, toRevision: string) =>
    queryOptions({
      queryKey: [org, "rollback-preview", environmentId, toRevision],
      queryFn: ({ signal }) =>
        api(RollbackPreview, `${base(org)}/environments/${environmentId}/rollbacks/preview`, {
          method: "POST",
          body: { toRevision },
          signal,
        }),
      staleTime: 0,
    }),
};

export const openRollback = (org: string, environmentId: string, input: OpenRollbackInput) =>
  api(PullRequestRow, `${base(org)}/environments/${environmentId}/rollbacks`, {
    method: "POST",
    body: input,
  });
