"use client";
import { Check, ChevronsUpDown } from "lucide-react";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { DropdownMenu } from "radix-ui";
import { useEffect, useState } from "react";
import type { Viewer } from "#lib/organizations/schemas.ts";
import { applyTheme, readTheme, type Theme } from "./theme.ts";

const item =
  "flex cursor-default items-center justify-between gap-6 rounded-sm px-2 py-1 outline-none data-[highlighted]:bg-sunken";

/** Who is signed in, the theme, and the way out. */
export function ViewerMenu({ viewer }: { viewer: Viewer }) {
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => setTheme(readTheme()), []);
  const choose = (next: Theme) => {
    setTheme(next);
    applyTheme(next);
  };
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="flex w-full items-center justify-between gap-2 rounded-md px-2 py-1.5 text-left hover:bg-sunken">
        <span className="min-w-0">
          <span className="block truncate text-ink-2">{viewer.organization?.name}</span>
          <span className="block truncate text-sm text-ink-3">
            {viewer.name}, {viewer.organization?.role}
          </span>
        </span>
        <ChevronsUpDown size={14} className="shrink-0 text-ink-3" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          side="top"
          sideOffset={6}
          className="z-50 min-w-[180px] rounded-md border border-line-strong bg-raised p-1"
        >
          <DropdownMenu.Label className="px-2 py-1 text-xs text-ink-3">Theme</DropdownMenu.Label>
          {(["light", "dark", "system"] as const).map((name) => (
            <DropdownMenu.Item key={name} className={item} onSelect={() => choose(name)}>
              {{ light: "Light", dark: "Dark", system: "As the system" }[name]}
              {theme === name && <Check size={13} />}
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          {viewer.organization && viewer.organization.role !== "viewer" && (
            <DropdownMenu.Item className={item} asChild>
              <Link href={`/${viewer.organization.slug}/repositories#you`}>You on GitHub</Link>
            </DropdownMenu.Item>
          )}
          <DropdownMenu.Item className={item} onSelect={() => signOut({ callbackUrl: "/sign-in" })}>
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
