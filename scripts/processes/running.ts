import { killServices, type Service, tailOf } from "./service.ts";

/** Somebody asked us to stop while we were still starting. */
export class Interrupted extends Error {
  constructor() {
    super("stopped before it was ready");
    this.name = "Interrupted";
  }
}

type Part = { name: string; stop: () => Promise<unknown> };

/** Everything a command has started; it ends in the opposite order, whatever ends it. */
export class Running {
  readonly #parts: Part[] = [];
  readonly #starting = new Set<Promise<unknown>>();
  #stopping: Promise<void> | undefined;
  #interrupt: (reason: Error) => void = () => {};
  /** Rejects with what ended the command: Interrupted, or the part that failed. Never resolves. */
  readonly ending: Promise<never>;

  constructor() {
    this.ending = new Promise((_, reject) => {
      this.#interrupt = reject;
    });
    this.ending.catch(() => {});
  }

  /** Starts a part and remembers how to stop it; once we are stopping it is stopped at once. */
  async start<T>(name: string, start: () => Promise<T>, stop: (part: T) => Promise<unknown>): Promise<T> {
    if (this.#stopping) throw new Interrupted();
    const attempt = start().then(async (part) => {
      if (!this.#stopping) this.#parts.push({ name, stop: () => stop(part) });
      else await stop(part);
      return part;
    });
    this.#starting.add(attempt);
    try {
      const part = await attempt;
      if (this.#stopping) throw new Interrupted();
      return part;
    } finally {
      this.#starting.delete(attempt);
    }
  }

  /** Starts a program that must not end by itself: when it does, everything ends. */
  async service(name: string, start: () => Promise<Service>): Promise<Service> {
    const service = await this.start(name, start, (one) => one.stop());
    void service.ended.then((how) => {
      if (!this.#stopping) this.#interrupt(new ServiceEnded(service, how));
    });
    return service;
  }

  /** Ends the command as if somebody had asked for it. */
  interrupt(): void {
    this.#interrupt(new Interrupted());
  }

  /** Stops all parts, newest first; a part that cannot be stopped does not keep the others. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll() {
    // What is still starting is stopped as soon as it can be (see start).
    const starting = Promise.allSettled([...this.#starting]);
    for (const part of this.#parts.reverse())
      await part.stop().catch((error) => console.error(`stopping ${part.name}: ${(error as Error).message}`));
    await starting;
  }
}

/** A part of ours ended by itself; the message holds the end of its log. */
export class ServiceEnded extends Error {
  constructor({ name, logPath }: Service, how: string) {
    super(`${name} ended by itself (${how}). The end of ${logPath}:\n${tailOf(logPath)}`);
    this.name = "ServiceEnded";
  }
}

/**
 * Calls `stop` at the first SIGINT, SIGTERM or SIGHUP, or when the wrapper that started us (scripts/run.mjs) was
 * killed. One Ctrl-C may arrive several times (from the terminal, from npm, from the wrapper); only one that
 * comes seconds later means "at once".
 */
export function onStopSignal(stop: () => void): void {
  let first = 0;
  const begin = () => {
    first = Date.now();
    stop();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      if (first === 0) begin();
      else if (Date.now() - first > 3_000) {
        killServices();
        process.exit(130);
      }
    });
  const parent = process.env.PLUMBLINE_PARENT;
  const look = () => first === 0 && String(process.ppid) !== parent && begin();
  if (parent) setInterval(look, 500).unref();
}
