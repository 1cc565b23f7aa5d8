"use client";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { useAwake } from "./awake.ts";
import { exactTime, relativeTime } from "./format.ts";

const Now = createContext<number>(0);

/** One clock for the page: every relative time moves together, once a second at most. */
export function NowProvider({ serverNow, children }: { serverNow: number; children: ReactNode }) {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <Now.Provider value={now}>{children}</Now.Provider>;
}

/** The page's clock, in milliseconds; the server's until the browser has taken over. */
export function useNow() {
  return useContext(Now);
}

/** "6 min ago", with the exact time on hover, in the person's zone. */
export function Time({ at, className }: { at: string; className?: string }) {
  const now = useNow();
  const awake = useAwake();
  return (
    // The server writes its own zone; once awake the element is made anew in the person's.
    <time
      key={String(awake)}
      dateTime={at}
      title={exactTime(at)}
      className={className}
      suppressHydrationWarning
    >
      {relativeTime(at, now)}
    </time>
  );
}

/** 14:02, or "Mon 14:02" where it is not today. */
export function Clock({ at }: { at: string }) {
  const now = useNow();
  const awake = useAwake();
  const date = new Date(at);
  const today = new Date(now).toDateString() === date.toDateString();
  return (
    <time key={String(awake)} dateTime={at} title={exactTime(at)} suppressHydrationWarning>
      {date.toLocaleTimeString("en-GB", {
        hour: "2-digit",
        minute: "2-digit",
        ...(today ? {} : { weekday: "short" }),
      })}
    </time>
  );
}
