"use client";
import { Check } from "lucide-react";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { DropdownMenu } from "radix-ui";
import { type ReactNode, useEffect, useState } from "react";
import type { Viewer } from "#lib/organizations/schemas.ts";
import { applyTheme, readTheme, type Theme } from "./theme.ts";

const item =
  "flex cursor-default items-center justify-between gap-6 rounded-sm px-2 py-1 outline-none data-[highlighted]:bg-sunken";

/** The theme, and the way out; open at once. */
export function ViewerMenuItems({ viewer, trigger }: { viewer: Viewer; trigger: ReactNode }) {
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => setTheme(readTheme()), []);
  const choose = (next: Theme) => {
    setTheme(next);
    applyTheme(next);
  };
  return (
    <DropdownMenu.Root defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
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
