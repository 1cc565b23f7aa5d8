import type { DatabaseClock } from "./database-clock.ts";

type Moment = { at: number; order: number; run: () => Promise<unknown> };

/** What happened when, told in the order of time with both clocks at that instant. */
export class Timeline {
  readonly #moments: Moment[] = [];
  readonly #setClock: (at: number) => void;
  readonly #database: DatabaseClock;

  constructor(setClock: (at: number) => void, database: DatabaseClock) {
    this.#setClock = setClock;
    this.#database = database;
  }

  /** Lets `run` happen at that instant; of two at one instant, the one that was planned first. */
  at(at: number, run: () => Promise<unknown>): void {
    this.#moments.push({ at, order: this.#moments.length, run });
  }

  /** Plays all that was planned and forgets it. */
  async play(): Promise<void> {
    const moments = this.#moments.splice(0).sort((a, b) => a.at - b.at || a.order - b.order);
    for (const { at, run } of moments) {
      this.#setClock(at);
      await this.#database.moveTo(new Date(at));
      await run();
    }
  }
}
