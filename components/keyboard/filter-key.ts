"use client";
import { type RefObject, useRef } from "react";
import { useCommands } from "./commands.ts";

/** "/" goes to a page's filter, and its text is selected to be written over. */
export function useFilterKey(): RefObject<HTMLInputElement | null> {
  const input = useRef<HTMLInputElement>(null);
  useCommands([
    {
      keys: "/",
      does: "Filter the list",
      group: "Lists",
      run: () => {
        if (!input.current) return false;
        input.current.focus();
        input.current.select();
      },
    },
  ]);
  return input;
}
