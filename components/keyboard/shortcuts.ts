"use client";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { createMatcher, type Keys } from "./matcher.ts";

/** One thing a key does. `run` answers false where it does not apply just now, so that an older one is asked. */
export type Shortcut = {
  keys: Keys;
  does: string;
  group: "Everywhere" | "Go to" | "Lists" | "This page";
  run: (event: KeyboardEvent) => unknown;
  /** Also while typing or in a dialog: for combinations that write nothing. */
  always?: boolean;
};

let entries: { current: Shortcut }[] = [];
let snapshot: Shortcut[] = [];
const listeners = new Set<() => void>();
const matcher = createMatcher();

const change = (next: typeof entries) => {
  if (entries.length === 0 && next.length > 0) addEventListener("keydown", onKey);
  if (next.length === 0) removeEventListener("keydown", onKey);
  entries = next;
  snapshot = next.map(({ current }) => current);
  for (const listener of listeners) listener();
};

function onKey(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing) return;
  const quiet = isBusy(event.target) || !singleKeysOn();
  const keys = matcher(event, (candidate) =>
    entries.some(({ current }) => (current.always || !quiet) && current.keys.startsWith(candidate)),
  );
  if (!keys) return;
  // The newest first: a page's own key beats one of the shell.
  for (const { current } of entries.toReversed()) {
    if (current.keys !== keys || (quiet && !current.always)) continue;
    if (current.run(event) === false) continue;
    event.preventDefault();
    return;
  }
}

/** Where letters are text, or belong to something that is open over the page. */
function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return (
    target.closest("textarea, select, [role=dialog], [role=alertdialog], [role=menu], [role=listbox]") !==
    null
  );
}

/** Makes keys do things while the component is mounted; the sheet behind "?" is made from what is registered. */
export function useShortcuts(shortcuts: Shortcut[]) {
  const refs = useRef<{ current: Shortcut }[]>([]);
  useEffect(() => {
    for (const [index, shortcut] of shortcuts.entries())
      if (refs.current[index]) refs.current[index].current = shortcut;
  });
  const what = shortcuts.map(({ keys, does }) => `${keys}\t${does}`).join("\n");
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  // biome-ignore lint/correctness/useExhaustiveDependencies: registered anew only where keys or words change
  useEffect(() => {
    const mine = latest.current.map((current) => ({ current }));
    refs.current = mine;
    change([...entries, ...mine]);
    return () => change(entries.filter((entry) => !mine.includes(entry)));
  }, [what]);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const none: Shortcut[] = [];

/** All that is registered now, oldest first. */
export function useRegisteredShortcuts(): Shortcut[] {
  return useSyncExternalStore(
    subscribe,
    () => snapshot,
    () => none,
  );
}

const storageKey = "single-keys";

/** Whether keys without a modifier do anything: some people speak to their machine, and a word is many letters. */
export function singleKeysOn(): boolean {
  try {
    return localStorage.getItem(storageKey) !== "off";
  } catch {
    return true;
  }
}

export function setSingleKeys(on: boolean) {
  localStorage.setItem(storageKey, on ? "on" : "off");
}
