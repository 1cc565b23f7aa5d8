"use client";
import { ChevronsUpDown } from "lucide-react";
import dynamic from "next/dynamic";
import { type ComponentProps, useState } from "react";
import type { Viewer } from "#lib/organizations/schemas.ts";

const load = () => import("./viewer-menu-items.tsx").then((module) => module.ViewerMenuItems);

/** Who is signed in; pressed, the theme and the way out. What opens is loaded when it is about to be. */
export function ViewerMenu({ viewer }: { viewer: Viewer }) {
  const [asked, setAsked] = useState(false);
  const trigger = <Trigger viewer={viewer} />;
  if (asked) return <Items viewer={viewer} trigger={trigger} />;
  return <Trigger viewer={viewer} onPointerEnter={load} onFocus={load} onClick={() => setAsked(true)} />;
}

const Items = dynamic(load, { ssr: false, loading: () => null });

function Trigger({ viewer, ...props }: ComponentProps<"button"> & { viewer: Viewer }) {
  return (
    <button
      type="button"
      aria-haspopup="menu"
      className="flex w-full items-center justify-between gap-2 rounded-md px-2 py-1.5 text-left hover:bg-sunken"
      {...props}
    >
      <span className="min-w-0">
        <span className="block truncate text-ink-2">{viewer.organization?.name}</span>
        <span className="block truncate text-sm text-ink-3">
          {viewer.name}, {viewer.organization?.role}
        </span>
      </span>
      <ChevronsUpDown size={14} className="shrink-0 text-ink-3" />
    </button>
  );
}
