/** Longer than this no timer can wait; it is set anew then. */
const LONGEST_MS = 2 ** 31 - 1;

/** Rings at an instant that may be set again and again; the last one set counts. */
export type Alarm = { set(at: number | null): void; stop(): void };

/** Opens an alarm that rings once at the instant that was set last. */
export function openAlarm(ring: () => void, now: () => number = Date.now): Alarm {
  let timer: NodeJS.Timeout | null = null;
  let due: number | null = null;
  const clear = () => {
    if (timer) clearTimeout(timer);
    timer = null;
  };
  const wait = () => {
    if (due === null) return;
    timer = setTimeout(
      () => {
        timer = null;
        if (due !== null && now() < due) return wait();
        due = null;
        ring();
      },
      Math.min(Math.max(due - now(), 0), LONGEST_MS),
    );
    timer.unref();
  };
  return {
    set(at) {
      if (at === due && (timer || at === null)) return;
      clear();
      due = at;
      wait();
    },
    stop() {
      clear();
      due = null;
    },
  };
}
