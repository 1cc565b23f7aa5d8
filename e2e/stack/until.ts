/** Asks again until `check` gives something, or fails with what it waited for; never sleeps longer than needed. */
export async function until<T>(
  what: string,
  check: () => Promise<T | false | null | undefined>,
  deadlineMs = 60_000,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      const found = await check();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`Waited ${deadlineMs / 1000} s in vain: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
