"use client";
import { Check } from "lucide-react";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { DropdownMenu } from "radix-ui";
import { type ReactNode, useEffect, useState } from "react";
import { MenuItem, OpenMenu } from "#components/ui/open-menu.tsx";
import type { Viewer } from "#lib/organizations/schemas.ts";
import { applyTheme, readTheme, type Theme } from "./theme.ts";

/** The theme, and the way out; open at once. */
export function ViewerMenuItems({ viewer, trigger }: { viewer: Viewer; trigger: ReactNode }) {
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => setTheme(readTheme()), []);
  const choose = (next: Theme) => {
    setTheme(next);
    applyTheme(next);
  };
  return (
    <OpenMenu trigger={trigger} align="start" side="top" sideOffset={6} className="min-w-[180px]">
      <DropdownMenu.Label className="px-2 py-1 text-xs text-ink-3">Theme</DropdownMenu.Label>
      {(["light", "dark", "system"] as const).map((name) => (
        <MenuItem key={name} onSelect={() => choose(name)}>
          {{ light: "Light", dark: "Dark", system: "As the system" }[name]}
          {theme === name && <Check size={13} />}
        </MenuItem>
      ))}
      <DropdownMenu.Separator className="my-1 h-px bg-line" />
      {viewer.organization && viewer.organization.role !== "viewer" && (
        <MenuItem asChild>
          <Link href={`/${viewer.organization.slug}/repositories#you`}>You on GitHub</Link>
        </MenuItem>
      )}
      <MenuItem onSelect={() => signOut({ callbackUrl: "/sign-in" })}>Sign out</MenuItem>
    </OpenMenu>
  );
}
