/** Counts attempts per key in a sliding window, in this process's memory. */
export class RateLimit {
  #attempts = new Map<string, number[]>();
  #limit: number;
  #windowMs: number;

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Counts one attempt at `now`; false where `key` has had its share. */
  take(key: string, now: number): boolean {
    const recent = (this.#attempts.get(key) ?? []).filter((at) => at > now - this.#windowMs);
    if (this.#attempts.size > 10_000) this.#forget(now);
    if (recent.length >= this.#limit) {
      this.#attempts.set(key, recent);
      return false;
    }
    recent.push(now);
    this.#attempts.set(key, recent);
    return true;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#attempts.size;
  }

  #forget(now: number) {
    for (const [key, times] of this.#attempts)
      if (times.every((at) => at <= now - this.#windowMs)) this.#attempts.delete(key);
  }
}
