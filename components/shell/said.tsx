"use client";
import { useSyncExternalStore } from "react";

let said = "";
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function set(text: string) {
  said = text;
  for (const listener of listeners) listener();
}

/** Says for a moment how something ended that has no place of its own on the page. */
export function say(text: string) {
  set(text);
  clearTimeout(timer);
  timer = setTimeout(() => set(""), 6000);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** Where it is said: over the foot of the page, and to screen readers. */
export function Said() {
  const text = useSyncExternalStore(
    subscribe,
    () => said,
    () => "",
  );
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-3 bottom-4 z-40 flex justify-center print:hidden"
    >
      {text && <p className="rounded-md bg-ink px-3 py-1.5 text-paper">{text}</p>}
    </div>
  );
}
