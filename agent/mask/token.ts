import type { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { canonicalJson } from "../../lib/protocol/canonical.ts";

/** Stands for a value: equal values have equal tokens, and no token tells its value. */
export type Token = (value: unknown) => string;

/** Tokens such as `••• 8f3a1c`: the first half of a keyed hash's 12 hex digits is plenty to tell values apart. */
export function tokenizer(key: Buffer): Token {
  return (value) => {
    const text = typeof value === "string" ? value : canonicalJson(value);
    return `••• ${createHmac("sha256", key).update(text).digest("hex").slice(0, 8)}`;
  };
}

/** What replaces a secret found in free text. */
export const HIDDEN = "•••";
