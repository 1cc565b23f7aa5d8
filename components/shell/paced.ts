/** Runs what is asked for at once, and at most once in each `gapMs` however often it is asked; never twice at a time. */
export function paced(run: () => Promise<unknown>, gapMs: number) {
  let busy = false;
  let again = false;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const go = async () => {
    busy = true;
    again = false;
    try {
      await run();
    } catch {
      // What was to be refreshed stays as it was; the next news asks again.
    }
    if (stopped) return;
    timer = setTimeout(() => {
      busy = false;
      if (again) void go();
    }, gapMs);
  };
  return {
    ask() {
      if (busy) again = true;
      else if (!stopped) void go();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
