"use client";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { StateIcon } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { duration } from "#components/ui/format.ts";
import type { DeliveryRow } from "#lib/notifications/schemas.ts";
import { notificationQueries, testChannel } from "./notification-queries.ts";

/** A test through one channel: the button, and what became of the last one. */
export function useChannelTest(org: string, id: string, name: string) {
  const test = useMutation({ mutationFn: () => testChannel(org, id) });
  const sent = test.data;
  const query = useInfiniteQuery({
    ...notificationQueries.deliveries(org, { alertId: sent?.alert.id ?? null }),
    enabled: Boolean(sent),
    // What came of it arrives live; asking too costs little, and a lost connection would leave one waiting.
    refetchInterval: (state) =>
      state.state.data?.pages[0]?.deliveries[0]?.status === "delivered" ? false : 2000,
  });
  const delivery = sent && (query.data?.pages[0]?.deliveries.find((one) => one.id === sent.id) ?? sent);
  return {
    button: (
      <Button onClick={() => test.mutate()} disabled={test.isPending} aria-label={`Send a test to ${name}`}>
        {test.isPending ? "Sending…" : "Send a test"}
      </Button>
    ),
    result: (
      <div role="status" className="empty:hidden">
        {test.isError && <p className="text-failed">{test.error.message}</p>}
        {!test.isPending && delivery && <Result delivery={delivery} name={name} />}
      </div>
    ),
  };
}

function Result({ delivery, name }: { delivery: DeliveryRow; name: string }) {
  const { status, problem, createdAt, deliveredAt } = delivery;
  if (status === "delivered")
    return (
      <p className="flex items-start gap-[7px] text-ok">
        <Check /> Delivered to {name}
        {deliveredAt && ` in ${quick(Date.parse(deliveredAt) - Date.parse(createdAt))}`}. Look whether it is
        there.
      </p>
    );
  if (!problem)
    return (
      <p className="flex items-start gap-[7px] text-ink-2">
        <StateIcon sign="converging" className="breathe mt-0.5" /> On its way to {name}…
      </p>
    );
  return (
    <p className="flex items-start gap-[7px] text-failed">
      <StateIcon sign="failed" className="mt-0.5" />
      <span className="[overflow-wrap:anywhere]">
        {problem}
        {status === "pending" && " It is tried again by itself."}
      </span>
    </p>
  );
}

const quick = (ms: number) => (ms < 1000 ? `${Math.max(0, ms)} ms` : duration(ms));

function Check() {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" className="mt-0.5 shrink-0">
      <path d="M3 8.5l3.5 3.5L13 5" stroke="currentColor" strokeWidth="2" fill="none" strokeLinecap="round" />
    </svg>
  );
}
