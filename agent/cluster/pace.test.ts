import { expect, test } from "vitest";
import { Pace } from "./pace.ts";

test("No more requests are under way than may be, and the others come in turn", async () => {
  const pace = new Pace(2);
  const order: string[] = [];
  const enter = (name: string) => pace.enter().then(() => order.push(name));
  await Promise.all([enter("a"), enter("b")]);
  const others = [enter("c"), enter("d")];
  await Promise.resolve();
  expect(order).toEqual(["a", "b"]);
  pace.leave(false);
  await others[0];
  expect(order).toEqual(["a", "b", "c"]);
  pace.leave(false);
  await others[1];
  expect(order).toEqual(["a", "b", "c", "d"]);
});

test("A burst of refusals halves the width once, a later one again, and it never stops altogether", async () => {
  let now = 0;
  const pace = new Pace(16, () => now);
  const limits: number[] = [];
  for (now of [0, 1, 2, 2000, 4000, 6000, 8000, 10_000]) {
    await pace.enter();
    pace.leave(true);
    limits.push(pace.limit);
  }
  expect(limits).toEqual([8, 8, 8, 4, 2, 1, 1, 1]);
});

test("What is taken widens it again, up to where it began", async () => {
  const pace = new Pace(4, () => 0);
  await pace.enter();
  pace.leave(true);
  expect(pace.limit).toBe(2);
  for (let request = 0; request < 20; request++) {
    await pace.enter();
    pace.leave(false);
  }
  expect(pace.limit).toBe(4);
});

test("Who is told to stop waits no longer, and takes nobody's turn", async () => {
  const pace = new Pace(1);
  await pace.enter();
  const stop = new AbortController();
  const stopped = pace.enter(stop.signal);
  const next = pace.enter();
  stop.abort(new Error("enough"));
  await expect(stopped).rejects.toThrow("enough");
  pace.leave(false);
  await next;
});
