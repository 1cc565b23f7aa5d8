"use client";
import { Check, Copy as CopyIcon } from "lucide-react";
import { useState } from "react";
import { cn } from "./cn.ts";
import { shortSha } from "./format.ts";

/** A small button that puts `text` on the clipboard and says that it did. */
export function CopyButton({ text, label, className }: { text: string; label: string; className?: string }) {
  const [done, setDone] = useState(false);
  return (
    <button
      type="button"
      aria-label={done ? "Copied" : label}
      title={done ? "Copied" : label}
      onClick={async () => {
        await navigator.clipboard.writeText(text);
        setDone(true);
        setTimeout(() => setDone(false), 1500);
      }}
      className={cn("rounded-sm p-1 text-ink-3 hover:text-ink", className)}
    >
      {done ? <Check size={13} /> : <CopyIcon size={13} />}
    </button>
  );
}

/** A revision, short, in mono; a click copies all of it. */
export function Sha({ revision, className }: { revision: string; className?: string }) {
  const [done, setDone] = useState(false);
  return (
    <button
      type="button"
      title={done ? "Copied" : `Copy ${revision}`}
      onClick={async (event) => {
        event.preventDefault();
        event.stopPropagation();
        await navigator.clipboard.writeText(revision);
        setDone(true);
        setTimeout(() => setDone(false), 1200);
      }}
      className={cn("mono rounded-sm hover:text-converging", className)}
    >
      {done ? "copied " : shortSha(revision)}
    </button>
  );
}
