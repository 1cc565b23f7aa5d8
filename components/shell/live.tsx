"use client";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import type { LiveEvent } from "#lib/organizations/schemas.ts";
import { tellNews } from "./news.ts";
import { paced } from "./paced.ts";
import { sessionHolds } from "./session-end.ts";
import { openStream } from "./stream.ts";

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
      tellNews(events);
      for (const { topic } of events) for (const noun of NOUNS[topic]) nouns.add(noun);
      const ids = new Set(events.map((event) => event.id));
      // A page about one environment ignores news of the others, and hears its own at once.
      void client.invalidateQueries({
        predicate: ({ queryKey: [where, noun, about] }) =>
          where === org && noun === "environments" && typeof about === "string" && ids.has(about),
      });
      if (events.some(({ topic }) => topic !== "environment")) all = true;
      lists.ask();
    };
    // Lists are asked for again at once, and then once a second at most, however much happens.
    let all = false;
    const nouns = new Set<string>();
    const lists = paced(async () => {
      const [old, every] = [new Set(nouns), all];
      nouns.clear();
      all = false;
      await client.invalidateQueries({
        predicate: ({ queryKey: [where, noun, about] }) =>
          where === org &&
          (noun === "counts" ||
            (old.has(String(noun)) && (every || noun !== "environments" || typeof about !== "string"))),
      });
    }, 1000);
    let wasOpen = false;
    const close = openStream(`/api/events?organization=${encodeURIComponent(org)}`, {
      open: () => {
        setLiveness("live");
        // Events may have been missed while away.
        if (wasOpen) void client.invalidateQueries();
        wasOpen = true;
      },
      lost: () => setLiveness("offline"),
      refused: sessionHolds,
      message: (data) => {
        const event = readEvent(data);
        if (!event) return;
        pending.set(`${event.topic}/${event.id}`, event);
        timer ??= setTimeout(flush, 50);
      },
    });
    return () => {
      close();
      clearTimeout(timer);
      lists.stop();
    };
  }, [client, org]);
  return <Context.Provider value={liveness}>{children}</Context.Provider>;
}

function readEvent(text: string): LiveEvent | null {
  try {
    const { topic, id } = JSON.parse(text) as LiveEvent;
    return Object.hasOwn(NOUNS, topic) && typeof id === "string" ? { topic, id } : null;
  } catch {
    return null;
  }
}
