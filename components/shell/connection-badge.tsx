"use client";
import { type QueryCache, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Clock } from "#components/ui/time.tsx";
import { useLiveness } from "./live.tsx";

/** A stream is renewed now and then; only what lasts longer is worth a word. */
const graceMs = 1500;

/** Says, on whatever page, that what it shows may be old, and as of when it is. Nothing else moves for it. */
export function ConnectionBadge() {
  const lostAt = useLostAt();
  const staleAt = useStaleAt();
  const online = useOnline();
  const at = lostAt ?? staleAt;
  const why = online
    ? lostAt
      ? "Plumbline does not answer."
      : "Not all of this could be read again."
    : "This machine is offline.";
  return (
    <div
      role="status"
      aria-label="Connection"
      className="pointer-events-none fixed inset-x-3 bottom-3 z-40 md:inset-x-auto md:bottom-[100px] md:left-3 md:w-[176px]"
    >
      {at !== null && (
        <p className="rounded-md border border-drift bg-paper px-2 py-1 text-sm text-drift">
          {why} What you see is as of <Clock at={new Date(at).toISOString()} />; it goes on by itself.
        </p>
      )}
    </div>
  );
}

/** Since when the live events are gone; null while they come, and for a moment after. */
function useLostAt(): number | null {
  const live = useLiveness() !== "offline";
  const [lostAt, setLostAt] = useState<number | null>(null);
  useEffect(() => {
    if (live) return setLostAt(null);
    const at = Date.now();
    const timer = setTimeout(() => setLostAt(at), graceMs);
    return () => clearTimeout(timer);
  }, [live]);
  return lostAt;
}

/** As of when the oldest of what is shown is, where reading it again failed. */
function useStaleAt(): number | null {
  const cache = useQueryClient().getQueryCache();
  return useSyncExternalStore(
    (changed) => cache.subscribe(changed),
    () => oldest(cache),
    () => null,
  );
}

function oldest(cache: QueryCache): number | null {
  const failing = cache
    .getAll()
    .filter((query) => query.isActive() && query.state.status === "error" && query.state.data !== undefined);
  return failing.length > 0 ? Math.min(...failing.map((query) => query.state.dataUpdatedAt)) : null;
}

function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => {
      addEventListener("online", changed);
      addEventListener("offline", changed);
      return () => {
        removeEventListener("online", changed);
        removeEventListener("offline", changed);
      };
    },
    () => navigator.onLine,
    () => true,
  );
}
