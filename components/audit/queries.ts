import { infiniteQueryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import { AuditPage, AuditVerification } from "#lib/audit/schemas.ts";

const base = (org: string) => `/organizations/${encodeURIComponent(org)}/audit`;

export const auditQueries = {
  list: (org: string) =>
    infiniteQueryOptions({
      queryKey: [org, "audit"],
      queryFn: ({ signal, pageParam }) =>
        api(AuditPage, `${base(org)}${pageParam ? `?after=${encodeURIComponent(pageParam)}` : ""}`, {
          signal,
        }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
    }),
};

export const verifyAudit = (org: string) =>
  api(AuditVerification, `${base(org)}/verify`, { method: "POST", body: {} });
