/** So many are forgotten at a time, as the whole list is moved. */
const atOnce = 1000;

/** What was said in the last `keptMs` and some of what was said before, oldest first, each with when (ms). */
export class Recent<T> {
  #keptMs: number;
  #said: { what: T; at: number }[] = [];
  #completeSince = Date.now();

  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  /** Nothing that was said since then is missing (ms). */
  get completeSince(): number {
    return this.#completeSince;
  }

  add(what: T, at = Date.now()): void {
    this.#said.push({ what, at });
    const last = this.#said[atOnce];
    if (this.#said.length <= 2 * atOnce || !last || last.at >= at - this.#keptMs) return;
    this.#completeSince = last.at;
    this.#said.splice(0, atOnce);
  }

  /** What was said after that instant (ms). */
  after(at: number): { what: T; at: number }[] {
    return this.#said.filter((one) => one.at > at);
  }

  /** Something was said that was not heard. */
  forget(): void {
    this.#said = [];
    this.#completeSince = Date.now();
  }
}
