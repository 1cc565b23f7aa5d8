"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { PageHead } from "#components/shell/page-head.tsx";
import { SIGNS } from "#components/state/state.ts";
import { Skeleton } from "#components/ui/notice.tsx";
import { useNow } from "#components/ui/time.tsx";
import { AddChannelProvider } from "./add-channel.tsx";
import { alertsSentence } from "./alerts-sentence.ts";
import { notificationQueries } from "./notification-queries.ts";
import { alertQueries } from "./queries.ts";

const SECTIONS = [
  ["", "Recent"],
  ["channels", "Channels"],
  ["rules", "Rules"],
  ["timing", "Timing"],
  ["deliveries", "Deliveries"],
  ["mutes", "Mutes"],
] as const;

/** On a phone the links are wider than the page: the current one is brought into sight. */
const intoView = (link: HTMLAnchorElement | null) => {
  const list = link?.parentElement;
  if (link && list)
    list.scrollLeft = link.offsetLeft + link.offsetWidth - list.offsetLeft - list.clientWidth + 8;
};

/** What every alerts page shares: the sentence that answers, and the way to its sections, each with an address. */
export function AlertsFrame({
  org,
  orgName,
  children,
}: {
  org: string;
  orgName: string;
  children: ReactNode;
}) {
  const path = usePathname();
  const base = `/${org}/alerts`;
  const counts: Partial<Record<string, number>> = {
    channels: useQuery(notificationQueries.channels(org)).data?.channels.length,
    rules: useQuery(notificationQueries.rules(org)).data?.rules.length,
    mutes: useQuery(alertQueries.mutes(org)).data?.mutes.length,
  };
  return (
    <>
      <PageHead
        crumbs={[{ name: orgName, href: `/${org}` }, { name: "Alerts" }]}
        title={<Sentence org={org} />}
      >
        Who is told when an environment is not what Git says, and whether it reached them.
      </PageHead>
      <nav
        aria-label="Alerts"
        className="mb-[18px] mt-5 flex gap-[22px] overflow-x-auto border-b border-line [scrollbar-width:none]"
      >
        {SECTIONS.map(([name, words]) => {
          const href = name ? `${base}/${name}` : base;
          return (
            <Link
              key={name}
              href={href}
              aria-current={path === href ? "page" : undefined}
              ref={path === href ? intoView : undefined}
              className="-mb-px whitespace-nowrap border-b-2 border-transparent py-2 text-ink-2 hover:text-ink focus-visible:outline-offset-[-2px] aria-[current=page]:border-ink aria-[current=page]:font-[550] aria-[current=page]:text-ink"
            >
              {words}
              {counts[name] ? ` ${counts[name]}` : ""}
            </Link>
          );
        })}
      </nav>
      <AddChannelProvider org={org}>{children}</AddChannelProvider>
    </>
  );
}

function Sentence({ org }: { org: string }) {
  const now = useNow();
  const alerts = useInfiniteQuery(alertQueries.list(org));
  const waiting = useInfiniteQuery(notificationQueries.deliveries(org, { status: "pending" }));
  const givenUp = useInfiniteQuery(notificationQueries.deliveries(org, { status: "given-up" }));
  const channels = useQuery(notificationQueries.channels(org));
  const rules = useQuery(notificationQueries.rules(org));
  const mutes = useQuery(alertQueries.mutes(org));
  if (!alerts.data || !waiting.data || !givenUp.data || !channels.data || !rules.data || !mutes.data)
    return alerts.isError ? (
      "The alerts could not be read."
    ) : (
      <Skeleton className="h-7 w-[min(460px,80vw)]" />
    );
  const parts = alertsSentence(
    {
      alerts: alerts.data.pages.flatMap((page) => page.alerts),
      moreAlerts: alerts.hasNextPage,
      unsent: [...waiting.data.pages, ...givenUp.data.pages].flatMap((page) => page.deliveries),
      channels: channels.data.channels,
      rules: rules.data.rules,
      mutes: mutes.data.mutes,
    },
    now,
  );
  return parts.map((part, index) => (
    <span
      key={index}
      style={part.sign ? { color: SIGNS[part.sign].color } : undefined}
      suppressHydrationWarning
    >
      {part.text}
    </span>
  ));
}
