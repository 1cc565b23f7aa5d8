"use client";
import { useQuery } from "@tanstack/react-query";
import { Menu, Search, X } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useState } from "react";
import { runOffered } from "#components/keyboard/commands.ts";
import { Kbd } from "#components/keyboard/kbd.tsx";
import { countQueries } from "#components/organizations/queries.ts";
import { cn } from "#components/ui/cn.ts";
import type { Viewer } from "#lib/organizations/schemas.ts";
import { Brand } from "./brand.tsx";
import { ConnectionBadge } from "./connection-badge.tsx";
import { EagerLink } from "./eager-link.tsx";
import { PLACES, placeOf } from "./places.ts";
import { Said } from "./said.tsx";
import { FIND, ShellKeys } from "./shell-keys.tsx";
import { ViewerMenu } from "./viewer-menu.tsx";

/** The frame of every page: where one can go, and how much is there. */
export function Shell({ org, viewer, children }: { org: string; viewer: Viewer; children: ReactNode }) {
  const path = usePathname();
  const [open, setOpen] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the menu
  useEffect(() => setOpen(false), [path]);
  const { data: counts } = useQuery(countQueries.all(org));
  const current = placeOf(org, path);
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[200px_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:left-2 focus:top-2 focus:z-50 focus:bg-paper focus:p-2"
      >
        Skip to content
      </a>
      <header className="sticky top-0 z-30 flex items-center justify-between border-b border-line bg-paper px-4 py-2.5 md:hidden">
        <Link href={`/${org}`}>
          <Brand />
        </Link>
        <span className="flex gap-1">
          <button
            type="button"
            aria-label={FIND}
            onClick={() => runOffered(FIND)}
            className="rounded-md p-1.5"
          >
            <Search size={18} />
          </button>
          <button
            type="button"
            aria-expanded={open}
            aria-controls="nav"
            aria-label={open ? "Close menu" : "Menu"}
            onClick={() => setOpen(!open)}
            className="rounded-md p-1.5"
          >
            {open ? <X size={18} /> : <Menu size={18} />}
          </button>
        </span>
      </header>
      <nav
        id="nav"
        aria-label="Main"
        className={cn(
          "flex-col gap-0.5 border-line bg-paper px-3 py-4 max-md:border-b md:sticky md:top-0 md:flex md:h-dvh md:border-r",
          open ? "flex" : "hidden",
        )}
      >
        <Link href={`/${org}`} className="px-2 pb-4 max-md:hidden">
          <Brand />
        </Link>
        {PLACES.map((place) => (
          <EagerLink
            oneOfFew
            key={place.name}
            href={`/${org}${place.path}`}
            aria-current={current === place ? "page" : undefined}
            className="flex justify-between rounded-md px-2 py-[5px] text-ink-2 hover:text-ink aria-[current=page]:bg-sunken aria-[current=page]:font-[550] aria-[current=page]:text-ink"
          >
            {place.name}
            <Count n={place.count && counts?.[place.count]} />
          </EagerLink>
        ))}
        <div className="mt-auto pt-4">
          <button
            type="button"
            onClick={() => runOffered(FIND)}
            className="mb-1 flex w-full items-center gap-1.5 whitespace-nowrap rounded-md px-2 py-1 text-left text-sm text-ink-3 hover:text-ink max-md:hidden"
          >
            Press <Kbd keys="mod+k" /> for anything
          </button>
          <ViewerMenu viewer={viewer} />
        </div>
      </nav>
      <main id="content" className="mx-auto w-full max-w-[1360px] px-4 pb-12 pt-4 md:px-8 md:pt-6">
        {children}
      </main>
      <ShellKeys org={org} viewer={viewer} />
      <ConnectionBadge />
      <Said />
    </div>
  );
}

function Count({ n }: { n: number | undefined }) {
  return n ? <span className="font-normal text-ink-3">{n.toLocaleString("en-GB")}</span> : null;
}
