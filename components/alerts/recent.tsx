"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { environmentQueries } from "#components/environments/queries.ts";
import { ALERT_KINDS } from "#components/state/outcomes.ts";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { controlClass } from "#components/ui/field.tsx";
import { Empty, Notice } from "#components/ui/notice.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { AlertKind } from "#lib/notifications/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { AlertLine } from "./alert-line.tsx";
import { FirstChannel } from "./first-channel.tsx";
import { notificationQueries } from "./notification-queries.ts";
import { alertQueries, asQuery } from "./queries.ts";

const KINDS = Object.keys(ALERT_KINDS) as AlertKind[];

/** What was told lately, newest first: what, since when, and whether it arrived. */
export function RecentAlerts({ org, role }: { org: string; role: Role }) {
  const router = useRouter();
  const params = useSearchParams();
  const kind = KINDS.find((one) => one === params.get("kind")) ?? null;
  const environmentId = params.get("environment");
  const query = useInfiniteQuery(alertQueries.list(org, { kind, environmentId }));
  const channels = useQuery(notificationQueries.channels(org));
  const go = (filter: { kind: string | null; environment: string | null }) =>
    router.replace(`/${org}/alerts${asQuery(filter)}`, { scroll: false });
  if (!query.data) return <Waiting query={query} rows={5} className="h-14" />;
  const alerts = query.data.pages.flatMap((page) => page.alerts);
  const filtered = kind !== null || environmentId !== null;
  if (alerts.length === 0 && !filtered)
    return channels.data?.channels.length === 0 ? (
      <FirstChannel role={role} />
    ) : (
      <Empty title="No alert yet">
        When an environment gets a commit, differs for too long, fails or converges, it stands here, with who
        was told and whether it reached them.{" "}
        <Link className="link" href={`/${org}/alerts/timing`}>
          Timing
        </Link>{" "}
        says how long is too long.
      </Empty>
    );
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <select
          aria-label="Kind of alert"
          value={kind ?? ""}
          onChange={(event) => go({ kind: event.target.value || null, environment: environmentId })}
          className={cn(controlClass, "w-auto")}
        >
          <option value="">Every kind</option>
          {KINDS.map((name) => (
            <option key={name} value={name}>
              {ALERT_KINDS[name].word}
            </option>
          ))}
        </select>
        {environmentId && (
          <OnlyOf org={org} id={environmentId} onClear={() => go({ kind, environment: null })} />
        )}
      </div>
      {query.isError && (
        <Notice
          tone="failed"
          className="mb-2"
          title={query.error.message}
          action={<Button onClick={() => query.refetch()}>Try again</Button>}
        />
      )}
      {alerts.length === 0 && (
        <p className="border-t border-line py-8 text-ink-2">
          No such alert.{" "}
          <button type="button" className="link" onClick={() => go({ kind: null, environment: null })}>
            Show every alert
          </button>
        </p>
      )}
      <ol aria-label="Recent alerts" className="border-t border-line empty:hidden">
        {alerts.map((alert) => (
          <AlertLine key={alert.id} org={org} alert={alert} mayAct={role !== "viewer"} />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button className="mt-3" onClick={() => query.fetchNextPage()} disabled={query.isFetchingNextPage}>
          {query.isFetchingNextPage ? "Loading…" : "Earlier"}
        </Button>
      )}
    </>
  );
}

function OnlyOf({ org, id, onClear }: { org: string; id: string; onClear: () => void }) {
  const environment = useQuery(environmentQueries.find(org, { ids: id })).data?.environments[0];
  return (
    <Button onClick={onClear} aria-label="Show alerts of every environment">
      Only {environment ? `${environment.name} on ${environment.cluster.name}` : "one environment"} ×
    </Button>
  );
}
