"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useShortcuts } from "#components/keyboard/shortcuts.ts";
import { PLACES } from "./places.ts";

// Costs nothing until it is asked for.
const ShortcutSheet = dynamic(
  () => import("#components/keyboard/shortcut-sheet.tsx").then((module) => module.ShortcutSheet),
  { ssr: false },
);

/** The keys that every page has, and what they open. */
export function ShellKeys({ org }: { org: string }) {
  const router = useRouter();
  const [open, setOpen] = useState<"sheet" | null>(null);
  useShortcuts([
    ...PLACES.map(({ name, path, key }) => ({
      keys: `g ${key}`,
      does: name,
      group: "Go to" as const,
      run: () => router.push(`/${org}${path}`),
    })),
    { keys: "?", does: "What the keys do", group: "Everywhere", run: () => setOpen("sheet") },
  ]);
  return open === "sheet" && <ShortcutSheet onClose={() => setOpen(null)} />;
}
