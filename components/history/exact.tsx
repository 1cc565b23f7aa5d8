"use client";
import { useAwake } from "#components/ui/awake.ts";
import { exactTime } from "#components/ui/format.ts";

/** An instant, exactly, in the person's zone. */
export function Exact({ at }: { at: string }) {
  const awake = useAwake();
  return (
    // The server writes its own zone; once awake the element is made anew in the person's.
    <time key={String(awake)} dateTime={at} suppressHydrationWarning>
      {exactTime(at)}
    </time>
  );
}
