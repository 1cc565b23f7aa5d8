import { createRequire, syncBuiltinESMExports } from "node:module";

const RealDate = Date;

/** Makes `at()` this process's present: every `new Date()` and `Date.now()`, until the answer is called. */
export function pinClock(at: () => number): () => void {
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [at()] : args, newTarget),
    apply: () => new RealDate(at()).toString(),
    get: (target, key) => (key === "now" ? at : Reflect.get(target, key)),
  });
  return () => {
    globalThis.Date = RealDate;
  };
}

/** Numbers from 0 to 1 that are the same for the same seed: mulberry32. */
export function drawsOf(seed: string): () => number {
  let state = 2166136261;
  for (const char of seed) state = Math.imul(state ^ char.charCodeAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes what node:crypto draws the same from run to run, for ids and tokens; never in a process that is reachable. */
export function pinRandom(seed: string): () => void {
  const crypto = createRequire(import.meta.url)("node:crypto") as {
    randomUUID: () => string;
    randomBytes: (size: number) => Buffer;
  };
  const real = { randomUUID: crypto.randomUUID, randomBytes: crypto.randomBytes };
  const draw = drawsOf(seed);
  const bytes = (size: number) => Buffer.from(Array.from({ length: size }, () => Math.floor(draw() * 256)));
  const pinned = {
    randomUUID: () => {
      const hex = bytes(16).toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
    // Drivers ask with a callback, and theirs may be as random as they like.
    randomBytes: (size: number, answer?: (error: Error | null, bytes: Buffer) => void) =>
      answer ? (real.randomBytes as (...args: unknown[]) => Buffer)(size, answer) : bytes(size),
  };
  Object.assign(crypto, pinned);
  syncBuiltinESMExports();
  return () => {
    Object.assign(crypto, real);
    syncBuiltinESMExports();
  };
}
