"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { type FleetFilter, readFleetFilter, writeFleetFilter } from "#lib/fleet/rules.ts";

/**
 * The filter, which lives in the address so that a filtered page can be pasted into a chat. Typing replaces the
 * address without asking the server for the page; choosing something adds to the browser's history.
 */
export function useFleetFilter() {
  const params = useSearchParams();
  const path = usePathname();
  const filter = useMemo(() => readFleetFilter(params), [params]);
  const hrefOf = (change: Partial<FleetFilter>) => {
    const query = writeFleetFilter({ ...filter, ...change });
    return query ? `${path}?${query}` : path;
  };
  return {
    filter,
    hrefOf,
    show: (change: Partial<FleetFilter>, how: "push" | "replace" = "push") =>
      window.history[`${how}State`](null, "", hrefOf(change)),
  };
}

export type FleetView = ReturnType<typeof useFleetFilter>;
