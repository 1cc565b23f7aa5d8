"use client";
import { useDeferredValue } from "react";

/** What of a list stands on a screen at first; the rest is drawn right after, without holding up what is pressed. */
const atFirst = 12;

/** A list of which the beginning is drawn at once and the rest when there is time for it. */
export function useInParts<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return useDeferredValue(list, list?.slice(0, atFirst));
}
