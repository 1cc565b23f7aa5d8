import { useEffect, useRef } from "react";
import type { LiveEvent } from "#lib/organizations/schemas.ts";

type Listener = (events: readonly LiveEvent[]) => void;
const listeners = new Set<Listener>();

/** Hands live events to who wants more than to have queries marked old. */
export function tellNews(events: readonly LiveEvent[]) {
  for (const listener of listeners) listener(events);
}

/** Hears live events, those of one moment together, while the component is mounted. */
export function useNews(listener: Listener) {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    const hear: Listener = (events) => latest.current(events);
    listeners.add(hear);
    return () => {
      listeners.delete(hear);
    };
  }, []);
}
