import type { Json, JsonMap } from "../json.ts";

/** Fills one struct of a type in place; `root` is the whole object. */
export type Defaulter = (value: JsonMap, root: JsonMap) => void;

/** Sets fields that are absent, null or empty text. */
export function setMissing(value: JsonMap, defaults: JsonMap): void {
  for (const [key, fallback] of Object.entries(defaults)) {
    if (isMissing(value[key])) value[key] = structuredClone(fallback);
  }
}

/** Absent as Go sees it: no value, or an empty text. */
export function isMissing(value: Json | undefined): boolean {
  return value === undefined || value === null || value === "";
}
