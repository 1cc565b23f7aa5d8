"use client";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { createMatcher, type Keys } from "./matcher.ts";

/** One thing to do from anywhere on a page: by its keys, where it has some, and by its name in the palette. */
export type Command = {
  keys?: Keys;
  does: string;
  group: "This page" | "Lists" | "Go to" | "Everywhere";
  /** Answers false where it does not apply just now, so that an older command with the same keys is asked. */
  run: () => unknown;
  /** Its keys work while typing and in dialogs, too: for combinations that write nothing. */
  always?: boolean;
};

type Entry = { current: Command };
let entries: Entry[] = [];
let snapshot: Command[] = [];
let awaited: { does: string; until: number } | null = null;
const listeners = new Set<() => void>();
const matcher = createMatcher();

function change(next: Entry[]) {
  if (entries.length === 0 && next.length > 0) addEventListener("keydown", onKey);
  if (next.length === 0) removeEventListener("keydown", onKey);
  entries = next;
  snapshot = next.map(({ current }) => current);
  for (const listener of listeners) listener();
}

function onKey(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing) return;
  const quiet = isBusy(event.target) || !singleKeysOn();
  const live = entries.filter(({ current }) => current.keys && (current.always || !quiet));
  const keys = matcher(event, (begun) => live.some(({ current }) => current.keys!.startsWith(begun)));
  if (!keys) return;
  // The newest first: a page's own keys beat those of the shell.
  for (const { current } of live.toReversed()) {
    if (current.keys !== keys || current.run() === false) continue;
    event.preventDefault();
    return;
  }
}

/** Where letters are text, or belong to something that is open over the page. */
function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  const own = "textarea, select, [role=dialog], [role=alertdialog], [role=menu], [role=listbox]";
  return target.closest(own) !== null;
}

/** Offers commands while the component is mounted; the sheet behind "?" and the palette are made of what is offered. */
export function useCommands(commands: Command[]) {
  const mine = useRef<Entry[]>([]);
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
    for (const [index, entry] of mine.current.entries()) entry.current = commands[index] ?? entry.current;
  });
  const offered = commands.map(({ keys, does }) => `${keys}\t${does}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: offered anew only where keys or words change
  useEffect(() => {
    const own = latest.current.map((command) => ({ current: command }));
    mine.current = own;
    change([...entries, ...own]);
    const due = own.find(({ current }) => current.does === awaited?.does);
    if (due && awaited && Date.now() < awaited.until) due.current.run();
    if (due) awaited = null;
    return () => {
      mine.current = [];
      change(entries.filter((entry) => !own.includes(entry)));
    };
  }, [offered]);
}

const patienceMs = 15_000;

/** Runs a command as soon as a page offers it: that of the page one is on the way to. */
export function runOnceOffered(does: string) {
  awaited = { does, until: Date.now() + patienceMs };
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};
const none: Command[] = [];

/** All that is offered now, oldest first. */
export function useOfferedCommands(): Command[] {
  return useSyncExternalStore(
    subscribe,
    () => snapshot,
    () => none,
  );
}

/** Runs what is offered under this name now, as it is now. */
export function runOffered(does: string) {
  entries.findLast(({ current }) => current.does === does)?.current.run();
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
