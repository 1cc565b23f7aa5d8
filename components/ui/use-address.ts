"use client";
import { useSearchParams } from "next/navigation";
import { useCallback } from "react";

type Changes = Record<string, string | null>;

/**
 * What the address says behind "?", and a way to change it at once: nothing is asked of the server, and Back
 * leads to what was seen before where it was a step (`push`).
 */
export function useAddress() {
  const params = useSearchParams();
  const change = useCallback((changes: Changes, how: "push" | "replace" = "replace") => {
    const url = new URL(window.location.href);
    for (const [name, value] of Object.entries(changes))
      if (value === null || value === "") url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    if (url.href === window.location.href) return;
    window.history[how === "push" ? "pushState" : "replaceState"](null, "", url);
  }, []);
  return [params, change] as const;
}
