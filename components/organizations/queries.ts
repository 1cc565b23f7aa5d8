import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type {
  Counts,
  CreateOrganizationInput,
  InviteInput,
  MemberList,
  Role,
  SetUpInput,
} from "#lib/organizations/schemas.ts";

const base = (org: string) => `/organizations/${encodeURIComponent(org)}`;
type Created = { id: string; slug: string };

/** What the navigation counts; any live event makes it old. */
export const countQueries = {
  all: (org: string) =>
    queryOptions({
      queryKey: [org, "counts"],
      queryFn: ({ signal }) => api<Counts>(`${base(org)}/counts`, { signal }),
    }),
};

export const memberQueries = {
  list: (org: string) =>
    queryOptions({
      queryKey: [org, "members"],
      queryFn: ({ signal }) => api<MemberList>(`${base(org)}/members`, { signal }),
    }),
};

export const createOrganization = (input: CreateOrganizationInput) =>
  api<Created>("/organizations", { method: "POST", body: input });
export const renameOrganization = (org: string, input: CreateOrganizationInput) =>
  api<unknown>(base(org), { method: "PATCH", body: input });
export const setUp = (input: SetUpInput) => api<Created>("/setup", { method: "POST", body: input });
export const invite = (org: string, input: InviteInput) =>
  api<unknown>(`${base(org)}/invitations`, { method: "POST", body: input });
export const changeRole = (org: string, userId: string, role: Role) =>
  api<unknown>(`${base(org)}/members/${userId}`, { method: "PATCH", body: { role } });
export const removeMember = (org: string, userId: string) =>
  api<unknown>(`${base(org)}/members/${userId}`, { method: "DELETE" });
export const revokeSession = (org: string, sessionId: string) =>
  api<unknown>(`${base(org)}/sessions/${sessionId}`, { method: "DELETE" });
