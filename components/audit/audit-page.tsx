"use client";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { PageHead } from "#components/shell/page-head.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice, Skeleton } from "#components/ui/notice.tsx";
import { Clock, Time } from "#components/ui/time.tsx";
import type { AuditEvent } from "#lib/audit/schemas.ts";
import { auditQueries, verifyAudit } from "./queries.ts";

/** Who did what, on what, when, from where and why; a chain whose tampering shows. */
export function AuditPageView({ org, orgName }: { org: string; orgName: string }) {
  const query = useInfiniteQuery(auditQueries.list(org));
  const verify = useMutation({ mutationFn: () => verifyAudit(org) });
  const events = query.data?.pages.flatMap((page) => page.events);
  return (
    <>
      <PageHead
        crumbs={[{ name: orgName, href: `/${org}` }, { name: "Audit" }]}
        title="Every action that matters, in an order nobody can quietly change."
        actions={
          <Button onClick={() => verify.mutate()} disabled={verify.isPending}>
            {verify.isPending ? "Verifying…" : "Verify the chain"}
          </Button>
        }
      >
        Each entry carries the hash of the one before it.
      </PageHead>
      {verify.data && (
        <Notice tone={verify.data.ok ? "plain" : "failed"} title={verify.data.message} className="mt-4" />
      )}
      {verify.isError && <Notice tone="failed" title={verify.error.message} className="mt-4" />}
      {query.isError && <Notice tone="failed" title={query.error.message} className="mt-4" />}
      {!events && !query.isError && (
        <div className="mt-6 flex flex-col gap-2">
          {[0, 1, 2, 3].map((n) => (
            <Skeleton key={n} className="h-9" />
          ))}
        </div>
      )}
      <ol className="mt-5 border-t border-line">
        {events?.map((event) => (
          <li
            key={event.sequence}
            className="grid gap-x-5 border-b border-line py-2 md:grid-cols-[52px_130px_170px_minmax(0,1fr)_auto]"
          >
            <span className="mono text-ink-3">{event.sequence}</span>
            <span className="text-ink-2">
              <Clock at={event.at} />{" "}
              <span className="text-sm text-ink-3 md:block">
                <Time at={event.at} />
              </span>
            </span>
            <span className="[overflow-wrap:anywhere]">
              <b className="font-[550]">{event.actor.name}</b>{" "}
              <span className="block text-sm text-ink-3">
                {event.actor.kind}
                {event.address && ` from ${event.address}`}
              </span>
            </span>
            <span className="[overflow-wrap:anywhere]">
              {words(event.action)} <b className="font-[550]">{event.subject.name}</b>
              <span className="block text-sm text-ink-3">{details(event)}</span>
            </span>
            <span className="mono text-xs text-ink-3" title={event.hash}>
              {event.hash.slice(0, 10)}
            </span>
          </li>
        ))}
      </ol>
      {query.hasNextPage && (
        <div className="mt-3">
          <Button onClick={() => query.fetchNextPage()} disabled={query.isFetchingNextPage}>
            Earlier
          </Button>
        </div>
      )}
    </>
  );
}

/** `rollback.opened` reads "rollback opened". */
const words = (action: string) => action.replaceAll(/[._-]/g, " ");

function details(event: AuditEvent): string {
  return Object.entries(event.details)
    .filter(([, value]) => value !== null && value !== "")
    .map(
      ([key, value]) =>
        `${key}: ${typeof value === "string" ? (/^[0-9a-f]{40}$/.test(value) ? value.slice(0, 7) : value) : JSON.stringify(value)}`,
    )
    .join(", ");
}
