"use client";
import { useParams, usePathname } from "next/navigation";
import { useEffect } from "react";
import { recordVisit } from "./recent.ts";

/** Remembers the page as a recent place, under the last of its crumbs. */
export function Visited({ crumbs }: { crumbs: { name: string }[] }) {
  const { org } = useParams<{ org?: string }>();
  const href = usePathname();
  const name = crumbs.at(-1)?.name ?? "";
  const within = crumbs
    .slice(1, -1)
    .map((crumb) => crumb.name)
    .join(" / ");
  useEffect(() => {
    if (org && name) recordVisit(org, { href, name, within });
  }, [org, href, name, within]);
  return null;
}
