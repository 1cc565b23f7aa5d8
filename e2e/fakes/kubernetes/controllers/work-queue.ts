/** Runs a reconcile step once per key however often it is asked for, later when it asks for that. */
export class WorkQueue {
  readonly #reconcile: (key: string) => number | undefined;
  readonly #log: (line: string) => void;
  readonly #pending = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #running: NodeJS.Immediate | undefined;
  #stopped = false;

  /** `reconcile` answers after how many milliseconds it wants to run again, or nothing. */
  constructor(reconcile: (key: string) => number | undefined, log: (line: string) => void) {
    this.#reconcile = reconcile;
    this.#log = log;
  }

  add(key: string): void {
    if (this.#stopped) return;
    this.#pending.add(key);
    this.#running ??= setImmediate(() => this.#drain());
  }

  addAfter(key: string, ms: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timers.get(key));
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.add(key);
    }, ms).unref();
    this.#timers.set(key, timer);
  }

  stop(): void {
    this.#stopped = true;
    clearImmediate(this.#running);
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #drain(): void {
    this.#running = undefined;
    const keys = [...this.#pending];
    this.#pending.clear();
    for (const key of keys) {
      try {
        const again = this.#reconcile(key);
        if (again !== undefined) this.addAfter(key, again);
      } catch (error) {
        this.#log(`controller: ${key}: ${(error as Error).message}; trying again`);
        this.addAfter(key, 500);
      }
    }
  }
}
