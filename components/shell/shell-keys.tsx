"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useCommands } from "#components/keyboard/commands.ts";
import type { Viewer } from "#lib/organizations/schemas.ts";
import { PLACES } from "./places.ts";

// Neither costs anything until it is asked for.
const ShortcutSheet = dynamic(
  () => import("#components/keyboard/shortcut-sheet.tsx").then((module) => module.ShortcutSheet),
  { ssr: false },
);
const Palette = dynamic(() => import("#components/palette/palette.tsx").then((module) => module.Palette), {
  ssr: false,
});

export const FIND = "Find or do anything";

/** The keys that every page has, and what they open. */
export function ShellKeys({ org, viewer }: { org: string; viewer: Viewer }) {
  const router = useRouter();
  const [open, setOpen] = useState<"palette" | "sheet" | null>(null);
  useCommands([
    ...PLACES.map(({ name, path, key }) => ({
      keys: `g ${key}`,
      does: name,
      group: "Go to" as const,
      run: () => router.push(`/${org}${path}`),
    })),
    {
      keys: "mod+k",
      does: FIND,
      group: "Everywhere",
      always: true,
      run: () => setOpen(open === "palette" ? null : "palette"),
    },
    { keys: "?", does: "What the keys do", group: "Everywhere", run: () => setOpen("sheet") },
  ]);
  if (open === "sheet") return <ShortcutSheet onClose={() => setOpen(null)} />;
  if (open === "palette") return <Palette org={org} viewer={viewer} onClose={() => setOpen(null)} />;
  return null;
}
