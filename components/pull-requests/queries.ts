import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type {
  OpenRollbackInput,
  PullRequestList,
  PullRequestRow,
  RollbackKind,
  RollbackPreview,
} from "#lib/pull-requests/schemas.ts";

const base = (org: string) => `/organizations/${encodeURIComponent(org)}`;

export const pullRequestQueries = {
  list: (org: string, environmentId?: string) =>
    queryOptions({
      queryKey: [org, "pull-requests", ...(environmentId ? [{ environmentId }] : [])],
      queryFn: ({ signal }) =>
        api<PullRequestList>(
          `${base(org)}/pull-requests${environmentId ? `?environment=${environmentId}` : ""}`,
          { signal },
        ),
    }),
  detail: (org: string, id: string) =>
    queryOptions({
      queryKey: [org, "pull-requests", id],
      queryFn: ({ signal }) => api<PullRequestRow>(`${base(org)}/pull-requests/${id}`, { signal }),
    }),
  preview: (org: string, environmentId: string, toRevision: string, kind: RollbackKind) =>
    queryOptions({
      queryKey: [org, "rollback-preview", environmentId, toRevision, kind],
      queryFn: ({ signal }) =>
        api<RollbackPreview>(`${base(org)}/environments/${environmentId}/rollbacks/preview`, {
          method: "POST",
          body: { toRevision, kind },
          signal,
        }),
      staleTime: 0,
    }),
};

export const openRollback = (org: string, environmentId: string, input: OpenRollbackInput) =>
  api<PullRequestRow>(`${base(org)}/environments/${environmentId}/rollbacks`, {
    method: "POST",
    body: input,
  });

/** Tries again what the host refused. */
export const retryRollback = (org: string, id: string) =>
  api<PullRequestRow>(`${base(org)}/pull-requests/${id}/retry`, { method: "POST", body: {} });

/** Lets automation move an environment again after a rollback. */
export const releaseEnvironment = (org: string, environmentId: string) =>
  api<unknown>(`${base(org)}/environments/${environmentId}/hold`, { method: "DELETE", body: {} });
