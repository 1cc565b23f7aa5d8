import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, apiLines } from "#components/api.ts";
import type {
  AnchorAnswer,
  AnchorSetting,
  AuditChoices,
  AuditFilter,
  AuditPage,
  AuditVerification,
  VerificationLine,
} from "#lib/audit/schemas.ts";

const base = (org: string) => `/organizations/${encodeURIComponent(org)}/audit`;

/** A filter as it stands in an address: nothing where nothing is asked. */
export function filterQuery(filter: AuditFilter & { after?: string | null; format?: string }): string {
  const set = Object.entries(filter).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return set.length > 0 ? `?${new URLSearchParams(set)}` : "";
}

const filterNames: (keyof AuditFilter)[] = ["actor", "action", "subjectKind", "from", "until", "text"];

/** Reads a filter from an address, without what is no filter. */
export function readFilter(query: { get: (name: string) => string | null }): AuditFilter {
  return Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = query.get(name);
      return value ? [[name, value]] : [];
    }),
  ) as AuditFilter;
}

export const auditQueries = {
  list: (org: string, filter: AuditFilter = {} as AuditFilter) =>
    infiniteQueryOptions({
      queryKey: [org, "audit", "list", filterQuery(filter)],
      queryFn: ({ signal, pageParam }) =>
        api<AuditPage>(`${base(org)}${filterQuery({ ...filter, after: pageParam })}`, { signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
      placeholderData: keepPreviousData,
    }),
  choices: (org: string) =>
    queryOptions({
      queryKey: [org, "audit", "choices"],
      queryFn: ({ signal }) => api<AuditChoices>(`${base(org)}/choices`, { signal }),
    }),
  anchors: (org: string) =>
    queryOptions({
      queryKey: [org, "audit", "anchors"],
      queryFn: ({ signal }) => api<AnchorSetting>(`${base(org)}/anchors`, { signal }),
    }),
};

export const anchorAudit = (org: string) =>
  api<AnchorAnswer>(`${base(org)}/anchors`, { method: "POST", body: {} });

/** Where an export is downloaded from. */
export const exportHref = (org: string, filter: AuditFilter, format: "csv" | "jsonl") =>
  `/api${base(org)}/export${filterQuery({ ...filter, format })}`;

/** Verifies the chain, telling how far it is; answers what was found. */
export async function verifyAudit(
  org: string,
  anchors: string,
  onProgress: (progress: { checked: number; total: number }) => void,
): Promise<AuditVerification> {
  for await (const line of apiLines<VerificationLine>(`${base(org)}/verify`, {
    method: "POST",
    body: { anchors },
  })) {
    if ("progress" in line) onProgress(line.progress);
    else if ("result" in line) return line.result;
    else throw new Error(line.error);
  }
  throw new Error("The verification broke off; try again.");
}
