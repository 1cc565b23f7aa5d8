"use client";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { LiveEvent } from "#lib/organizations/schemas.ts";

export type Liveness = "connecting" | "live" | "offline";
const Context = createContext<Liveness>("connecting");
export const useLiveness = () => useContext(Context);

/** Query keys a topic makes old; keys are `[org, noun, …]`. */
const NOUNS: Record<LiveEvent["topic"], string[]> = {
  environment: ["environments", "clusters", "repositories", "pull-requests"],
  cluster: ["clusters", "environments"],
  repository: ["repositories"],
  "pull-request": ["pull-requests", "environments"],
  audit: ["audit"],
  member: ["members"],
  alert: ["alerts", "environments"],
  notification: ["notifications", "alerts"],
};

/** Listens for live events and marks what they touch as old; events of one moment are taken together. */
export function LiveProvider({ org, children }: { org: string; children: ReactNode }) {
  const client = useQueryClient();
  const [liveness, setLiveness] = useState<Liveness>("connecting");
  useEffect(() => {
    const pending = new Map<string, LiveEvent>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      const events = [...pending.values()];
      pending.clear();
      const nouns = new Set(events.flatMap((event) => NOUNS[event.topic]));
      const ids = new Set(events.map((event) => event.id));
      void client.invalidateQueries({
        predicate: ({ queryKey }) => {
          if (queryKey[0] !== org) return false;
          if (queryKey[1] === "counts") return true;
          if (!nouns.has(String(queryKey[1]))) return false;
          // A page about one environment ignores news of the others.
          const about = queryKey[2];
          return (
            typeof about !== "string" ||
            queryKey[1] !== "environments" ||
            ids.has(about) ||
            events.some((e) => e.topic !== "environment")
          );
        },
      });
    };
    const source = new EventSource(`/api/events?organization=${encodeURIComponent(org)}`);
    let wasOpen = false;
    source.onopen = () => {
      setLiveness("live");
      // Events may have been missed while away.
      if (wasOpen) void client.invalidateQueries();
      wasOpen = true;
    };
    source.onerror = () => setLiveness("offline");
    source.onmessage = (message) => {
      const event = LiveEvent.safeParse(parse(message.data));
      if (!event.success) return;
      pending.set(`${event.data.topic}/${event.data.id}`, event.data);
      timer ??= setTimeout(flush, 50);
    };
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [client, org]);
  return <Context.Provider value={liveness}>{children}</Context.Provider>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
