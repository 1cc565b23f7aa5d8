"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { DELIVERIES } from "#components/state/outcomes.ts";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { controlClass } from "#components/ui/field.tsx";
import { Empty, Notice } from "#components/ui/notice.tsx";
import { Clock, Time } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { DeliveryStatus } from "#lib/notifications/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { DeliveryBadge, DeliveryWords, RetryButton } from "./delivery-lines.tsx";
import { notificationQueries } from "./notification-queries.ts";
import { asQuery } from "./queries.ts";
import { CHANNEL_WORDS, destinationOf } from "./words.ts";

const STATUSES = Object.keys(DELIVERIES) as DeliveryStatus[];

/** Every message on its way to every channel, and what came of it. */
export function Deliveries({ org, role }: { org: string; role: Role }) {
  const router = useRouter();
  const params = useSearchParams();
  const status = STATUSES.find((one) => one === params.get("status")) ?? null;
  const channelId = params.get("channel");
  const query = useInfiniteQuery(notificationQueries.deliveries(org, { status, channelId }));
  const channels = useQuery(notificationQueries.channels(org)).data?.channels ?? [];
  const go = (filter: { status: string | null; channel: string | null }) =>
    router.replace(`/${org}/alerts/deliveries${asQuery(filter)}`, { scroll: false });
  if (!query.data) return <Waiting query={query} rows={5} className="h-11" />;
  const deliveries = query.data.pages.flatMap((page) => page.deliveries);
  if (deliveries.length === 0 && !status && !channelId)
    return (
      <Empty title="Nothing was sent yet">
        Each message to each channel stands here with its tries. One that fails is tried again with growing
        pauses; after the last it is given up, and you can try it again by hand.
      </Empty>
    );
  return (
    <>
      <div className="mb-2 flex flex-wrap gap-2">
        <select
          aria-label="Status"
          value={status ?? ""}
          onChange={(event) => go({ status: event.target.value || null, channel: channelId })}
          className={cn(controlClass, "w-auto")}
        >
          <option value="">Every status</option>
          {STATUSES.map((name) => (
            <option key={name} value={name}>
              {DELIVERIES[name].word}
            </option>
          ))}
        </select>
        <select
          aria-label="Channel"
          value={channelId ?? ""}
          onChange={(event) => go({ status, channel: event.target.value || null })}
          className={cn(controlClass, "w-auto max-w-[240px]")}
        >
          <option value="">Every channel</option>
          {channels.map((channel) => (
            <option key={channel.id} value={channel.id}>
              {channel.name}
            </option>
          ))}
          <option value="commit-status">Commit status in Git</option>
        </select>
      </div>
      {query.isError && <Notice tone="failed" className="mb-2" title={query.error.message} />}
      {deliveries.length === 0 && (
        <p className="border-t border-line py-8 text-ink-2">
          No such delivery.{" "}
          <button type="button" className="link" onClick={() => go({ status: null, channel: null })}>
            Show every delivery
          </button>
        </p>
      )}
      <ol aria-label="Deliveries" className="border-t border-line empty:hidden">
        {deliveries.map((delivery) => (
          <li
            key={delivery.id}
            className="grid items-start gap-x-5 gap-y-1 border-b border-line py-2.5 md:grid-cols-[110px_110px_170px_minmax(0,1fr)_auto]"
          >
            <DeliveryBadge delivery={delivery} />
            <span className="text-ink-2">
              <Clock at={delivery.createdAt} />
              <span className="text-sm text-ink-3 md:block">
                <span className="md:hidden">, </span>
                <Time at={delivery.createdAt} />
              </span>
            </span>
            <span className="[overflow-wrap:anywhere]">
              <b className="font-[550]">{destinationOf(delivery)}</b>
              <span className="block text-sm text-ink-3">
                {delivery.channel ? CHANNEL_WORDS[delivery.channel.kind] : "GitHub"}
              </span>
            </span>
            <span className="[overflow-wrap:anywhere]">
              {delivery.alert.title}
              <span className="block text-sm">
                <DeliveryWords delivery={delivery} />
              </span>
            </span>
            {role !== "viewer" && delivery.status !== "delivered" && delivery.attempts > 0 && (
              <RetryButton org={org} delivery={delivery} />
            )}
          </li>
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
