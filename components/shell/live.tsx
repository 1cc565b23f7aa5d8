"use client";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import type { LiveEvent } from "#lib/organizations/schemas.ts";
import { openHeard } from "./heard.ts";
import { tellNews } from "./news.ts";
import { paced } from "./paced.ts";
import { sessionHolds } from "./session-end.ts";
import { openStream } from "./stream.ts";

export type Liveness = "connecting" | "live" | "offline";
const Context = createContext<Liveness>("connecting");
export const useLiveness = () => useContext(Context);

/** Query keys a topic makes old; keys are `[org, noun, …]`. */
const NOUNS: Record<LiveEvent["topic"], string[]> = {
  environment: ["environments", "clusters", "repositories", "pull-requests", "fleet"],
  cluster: ["clusters", "environments", "fleet"],
  repository: ["repositories", "fleet"],
  "pull-request": ["pull-requests", "environments"],
  audit: ["audit"],
  member: ["members"],
  alert: ["alerts", "environments"],
  notification: ["notifications", "alerts"],
};

/**
 * Listens for live events and marks what they touch as old; events of one moment are taken together. `serverNow` is
 * when the server made the page, by its clock in ms: the stream begins there, so that nothing falls between the two.
 */
export function LiveProvider({
  org,
  serverNow,
  children,
}: {
  org: string;
  serverNow: number;
  children: ReactNode;
}) {
  const client = useQueryClient();
  const [liveness, setLiveness] = useState<Liveness>("connecting");
  const [began] = useState(serverNow);
  useEffect(() => {
    const heard = openHeard(client, org);
    const pending = new Map<string, Heard>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      const events = [...pending.values()];
      pending.clear();
      const now = new Set(events.flatMap(({ topic }) => NOUNS[topic]));
      for (const { topic, at } of events) for (const noun of NOUNS[topic]) heard.heard(noun, at);
      tellNews(events);
      for (const noun of now) nouns.add(noun);
      const ids = new Set(events.map((event) => event.id));
      // A page about one environment ignores news of the others, and hears its own at once.
      void client.invalidateQueries({
        predicate: ({ queryKey: [where, noun, about] }) =>
          where === org && noun === "environments" && typeof about === "string" && ids.has(about),
      });
      // The fleet that is on the screen asks for what it shows by itself; one that comes back asks anew.
      if (now.has("fleet"))
        void client.invalidateQueries({ queryKey: [org, "fleet"], type: "inactive", refetchType: "none" });
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
            (noun !== "fleet" &&
              old.has(String(noun)) &&
              (every || noun !== "environments" || typeof about !== "string"))),
      });
    }, 1000);
    let wasOpen = false;
    const close = openStream(
      `/api/events?${new URLSearchParams({ organization: org, since: String(began) })}`,
      {
        open: () => {
          setLiveness("live");
          // Events may have been missed while away.
          if (wasOpen) void client.invalidateQueries();
          wasOpen = true;
        },
        gap: () => void client.invalidateQueries(),
        lost: () => setLiveness("offline"),
        refused: sessionHolds,
        message: (data) => {
          const event = readEvent(data);
          if (!event) return;
          pending.set(`${event.topic}/${event.id}`, event);
          timer ??= setTimeout(flush, 50);
        },
      },
    );
    return () => {
      close();
      clearTimeout(timer);
      lists.stop();
      heard.close();
    };
  }, [client, org, began]);
  return <Context.Provider value={liveness}>{children}</Context.Provider>;
}

/** An event, and when the server said it, by its clock in ms. */
type Heard = LiveEvent & { at: number };

function readEvent(text: string): Heard | null {
  try {
    const { topic, id, at } = JSON.parse(text) as Heard;
    return Object.hasOwn(NOUNS, topic) && typeof id === "string" ? { topic, id, at: Number(at) } : null;
  } catch {
    return null;
  }
}
