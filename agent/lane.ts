import { AsyncLocalStorage } from "node:async_hooks";

/** One thing at a time: requests that come during a run, or within the pause before it, become one more run. */
export type Lane<T> = {
  request(what: T): void;
  /** Returns when nothing runs and nothing is asked for. */
  idle(): Promise<void>;
  stop(): Promise<void>;
};

/** Bounds how many of something run at once. */
export type Gate = {
  enter(): Promise<() => void>;
  /** How many are inside, and how many wait for a place. */
  load(): { inside: number; waiting: number };
};

/** The place inside a gate that a lane's run has. */
const turns = new AsyncLocalStorage<{ leave(): void; enter(): Promise<void> }>();

/**
 * Waits for something within a lane's run, and lets others through the gate meanwhile: all that wait there, so
 * that a thousand of them begin with what they have in common.
 */
export async function outsideGate<T>(work: () => Promise<T>): Promise<T> {
  const turn = turns.getStore();
  turn?.leave();
  try {
    return await work();
  } finally {
    await turn?.enter();
  }
}

/** Lets `most` in at once, the others in the order in which they came. */
export function openGate(most: number): Gate {
  let inside = 0;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else inside -= 1;
  };
  return {
    async enter() {
      if (inside < most) inside += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let left = false;
      return () => {
        if (!left) leave();
        left = true;
      };
    },
    load: () => ({ inside, waiting: waiting.length }),
  };
}

/**
 * A lane runs `run` with all that was asked for since its last run, merged by `merge`. Runs never overlap and
 * the last request is never lost. `run` must not throw. `pauseMs` says how long a
 * burst is gathered before a run; one that has become shorter counts from the next request on.
 */
export function openLane<T>(options: {
  run: (what: T) => Promise<void> | void;
  merge: (earlier: T, later: T) => T;
  pauseMs?: () => number;
  gate?: Gate;
}): Lane<T> {
  let wanted: { what: T } | null = null;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let startsAt = 0;
  let stopped = false;

  async function drain(): Promise<void> {
    while (wanted && !stopped) {
      let leave = await options.gate?.enter();
      const turn = {
        leave: () => leave?.(),
        async enter() {
          leave = await options.gate?.enter();
        },
      };
      try {
        const { what }: { what: T } = wanted;
        wanted = null;
        if (!stopped) await turns.run(turn, async () => options.run(what));
      } finally {
        leave?.();
      }
    }
  }

  function start(): void {
    timer = null;
    running ??= drain().finally(() => {
      running = null;
      if (wanted && !stopped) schedule();
    });
  }

  function schedule(): void {
    if (running) return;
    if (options.pauseMs) startIn(options.pauseMs());
    else start();
  }

  function startIn(ms: number): void {
    const due = performance.now() + ms;
    if (timer && due >= startsAt) return;
    if (timer) clearTimeout(timer);
    startsAt = due;
    timer = setTimeout(start, ms);
  }

  return {
    request(what) {
      if (stopped) return;
      wanted = { what: wanted ? options.merge(wanted.what, what) : what };
      schedule();
    },
    async idle() {
      while (running || timer) await (running ?? new Promise((resolve) => setTimeout(resolve, 5)));
    },
    async stop() {
      stopped = true;
      wanted = null;
      if (timer) clearTimeout(timer);
      timer = null;
      await running;
    },
  };
}
