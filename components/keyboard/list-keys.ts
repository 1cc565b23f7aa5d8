"use client";
import { type RefObject, useRef } from "react";
import { useCommands } from "./commands.ts";

type Options = {
  /** How many rows there are, where not all of them are in the document. */
  count?: number;
  /** Brings a row into the document that is not in it, and into view. */
  scrollTo?: (index: number) => void;
};

/**
 * j and k walk through a list; Enter is the link's own. Give the list the ref and each row `data-row={index}`:
 * what gets the focus is the row itself where it can have it, or else its first link or button.
 */
export function useListKeys<T extends HTMLElement>({ count, scrollTo }: Options = {}): RefObject<T | null> {
  const list = useRef<T>(null);
  const last = useRef(-1);
  const step = (by: 1 | -1) => {
    if (!list.current) return false;
    const active = document.activeElement;
    const row = active?.closest("[data-row]");
    // Another list on the page has the focus: the keys are its own.
    if (row && !list.current.contains(row)) return false;
    const rows = list.current.querySelectorAll("[data-row]");
    const total = count ?? rows.length;
    if (total === 0) return false;
    const from = row ? Number(row.getAttribute("data-row")) : last.current;
    const index = Math.min(Math.max(from + by, 0), total - 1);
    last.current = index;
    if (!focusRow(list.current, index) && scrollTo) {
      scrollTo(index);
      whenThere(list.current, index);
    }
  };
  useCommands([
    { keys: "j", does: "Next row", group: "Lists", run: () => step(1) },
    { keys: "k", does: "Previous row", group: "Lists", run: () => step(-1) },
  ]);
  return list;
}

function focusRow(list: HTMLElement, index: number): boolean {
  const row = list.querySelector<HTMLElement>(`[data-row="${index}"]`);
  if (!row) return false;
  const target = row.matches("a, button, [tabindex]")
    ? row
    : row.querySelector<HTMLElement>("a[href], button");
  if (!target) return false;
  target.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  return true;
}

/** A row that was scrolled to is drawn with one of the next frames. */
function whenThere(list: HTMLElement, index: number, frames = 10) {
  requestAnimationFrame(() => {
    if (!focusRow(list, index) && frames > 0) whenThere(list, index, frames - 1);
  });
}
