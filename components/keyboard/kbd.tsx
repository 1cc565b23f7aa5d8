"use client";
import { useSyncExternalStore } from "react";
import { cn } from "#components/ui/cn.ts";
import type { Keys } from "./matcher.ts";

const NAMES: Record<string, string> = { escape: "Esc", enter: "Enter", mod: "Ctrl" };

/** Keys as they are written on the person's keyboard. */
export function Kbd({ keys, className }: { keys: Keys; className?: string }) {
  const apple = useSyncExternalStore(
    () => () => undefined,
    () => /Mac|iPhone|iPad/.test(navigator.platform),
    () => false,
  );
  return (
    <span className={cn("inline-flex gap-1 whitespace-nowrap", className)}>
      {keys.split(" ").map((key, index) => (
        <kbd key={index} className="rounded-sm border border-line-strong px-1 text-xs text-ink-3">
          {key
            .split("+")
            .map((part) =>
              part === "mod" && apple
                ? "⌘"
                : (NAMES[part] ?? (key.includes("+") ? part.toUpperCase() : part)),
            )
            .join(apple ? "" : " ")}
        </kbd>
      ))}
    </span>
  );
}
