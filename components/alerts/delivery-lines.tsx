"use client";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { DELIVERIES } from "#components/state/outcomes.ts";
import { StateBadge } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { plural } from "#components/ui/format.ts";
import { Time, useNow } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { DeliveryRow } from "#lib/notifications/schemas.ts";
import { notificationQueries, retryDelivery } from "./notification-queries.ts";
import { destinationOf, triesWords } from "./words.ts";

/** How a delivery stands, in a badge: one that has failed and is tried again looks so. */
export function DeliveryBadge({ delivery }: { delivery: Pick<DeliveryRow, "status" | "problem"> }) {
  const failing = delivery.status === "pending" && delivery.problem !== null;
  const { sign, word } = DELIVERIES[delivery.status];
  return <StateBadge sign={failing ? "failed" : sign} word={failing ? "Failing" : word} />;
}

/** What was tried, what comes next, and what the receiver said. */
export function DeliveryWords({ delivery }: { delivery: DeliveryRow }) {
  const { status, attempts, problem, nextAt, deliveredAt, createdAt } = delivery;
  return (
    <>
      {status === "delivered" && (
        <span className="text-ink-2">
          <Time at={deliveredAt ?? createdAt} /> {triesWords(attempts)}
        </span>
      )}
      {status === "pending" && (
        <span className="text-ink-2">
          {attempts === 0 ? "not tried yet" : `${plural(attempts, "try", "tries")} so far`}
          {nextAt && (
            <>
              , next <NextTry at={nextAt} />
            </>
          )}
        </span>
      )}
      {status === "given-up" && (
        <span className="text-ink-2">
          after {plural(attempts, "try", "tries")}, first <Time at={createdAt} />
        </span>
      )}
      {problem && status !== "delivered" && (
        <span className="block text-failed [overflow-wrap:anywhere]">{problem}</span>
      )}
    </>
  );
}

/** The next try, which is "now" from its time on until it is known what came of it. */
function NextTry({ at }: { at: string }) {
  const now = useNow();
  return Date.parse(at) - now < 1500 ? <span suppressHydrationWarning>now</span> : <Time at={at} />;
}

/** Tries a delivery at once; what came of it arrives live. */
export function RetryButton({ org, delivery }: { org: string; delivery: DeliveryRow }) {
  const retry = useMutation({ mutationFn: () => retryDelivery(org, delivery.id) });
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Button
        onClick={() => retry.mutate()}
        disabled={retry.isPending}
        aria-label={`Try ${destinationOf(delivery)} again now`}
      >
        {retry.isPending ? "Asking…" : "Retry now"}
      </Button>
      {retry.isError && (
        <span role="alert" className="text-sm text-failed">
          {retry.error.message}
        </span>
      )}
    </span>
  );
}

/** Every delivery of one alert, by channel. */
export function DeliveriesOf({ org, alertId, mayAct }: { org: string; alertId: string; mayAct: boolean }) {
  const query = useInfiniteQuery(notificationQueries.deliveries(org, { alertId }));
  if (!query.data) return <Waiting query={query} rows={1} className="h-6" />;
  const deliveries = query.data.pages.flatMap((page) => page.deliveries);
  return (
    <ul className="flex flex-col gap-2">
      {deliveries.map((delivery) => (
        <li
          key={delivery.id}
          className="grid items-start gap-x-4 gap-y-0.5 md:grid-cols-[170px_110px_minmax(0,1fr)_auto]"
        >
          <b className="font-[550] [overflow-wrap:anywhere]">{destinationOf(delivery)}</b>
          <DeliveryBadge delivery={delivery} />
          <span>
            <DeliveryWords delivery={delivery} />
          </span>
          {mayAct && delivery.status !== "delivered" && delivery.attempts > 0 && (
            <RetryButton org={org} delivery={delivery} />
          )}
        </li>
      ))}
    </ul>
  );
}
