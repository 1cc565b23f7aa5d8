"use client";
import { type RefObject, useEffect, useRef } from "react";

/** Marks an element for a moment whenever `value` is another one; the first value is no news. */
export function useMarked<T extends HTMLElement>(value: unknown): RefObject<T | null> {
  const element = useRef<T>(null);
  const said = JSON.stringify(value);
  const before = useRef(said);
  useEffect(() => {
    if (before.current === said) return;
    before.current = said;
    const { current } = element;
    if (!current) return;
    current.classList.remove("changed");
    // Begins anew where it is still being marked.
    void current.offsetWidth;
    current.classList.add("changed");
  }, [said]);
  return element;
}
