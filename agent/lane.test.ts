import { expect, it } from "vitest";
import { mergeRequests } from "./follow.ts";
import { openGate, openLane } from "./lane.ts";

const collect = (earlier: string[], later: string[]) => [...earlier, ...later];

function openDoor() {
  let open = () => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open };
}

it("requests during a run become one more run, which has all of them", async () => {
  const door = openDoor();
  const runs: string[][] = [];
  const lane = openLane<string[]>({
    merge: collect,
    async run(what) {
      runs.push(what);
      if (runs.length === 1) await door.closed;
    },
  });
  lane.request(["a"]);
  lane.request(["b"]);
  lane.request(["c"]);
  door.open();
  await lane.idle();
  expect(runs.flat()).toEqual(["a", "b", "c"]);
  expect(runs.length).toBeLessThanOrEqual(2);
});

it("runs of one lane never overlap", async () => {
  let inside = 0;
  let most = 0;
  let ran = 0;
  const lane = openLane<null>({
    merge: () => null,
    async run() {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      ran += 1;
    },
  });
  for (let index = 0; index < 20; index++) {
    lane.request(null);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await lane.idle();
  expect(most).toBe(1);
  expect(ran).toBeGreaterThan(1);
});

it("a burst within the pause is one run", async () => {
  const runs: string[][] = [];
  const lane = openLane<string[]>({ merge: collect, pauseMs: () => 20, run: (what) => void runs.push(what) });
  for (const word of ["a", "b", "c"]) lane.request([word]);
  expect(runs).toEqual([]);
  await lane.idle();
  expect(runs).toEqual([["a", "b", "c"]]);
});

it("a burst that began with a long pause ends with a short one, once it is short", async () => {
  let pauseMs = 3_600_000;
  const runs: string[][] = [];
  const lane = openLane<string[]>({
    merge: collect,
    pauseMs: () => pauseMs,
    run: (what) => void runs.push(what),
  });
  lane.request(["a"]);
  pauseMs = 1;
  lane.request(["b"]);
  await lane.idle();
  expect(runs).toEqual([["a", "b"]]);
});

it("a gate lets only so many lanes run at once, and all of them in the end", async () => {
  const gate = openGate(2);
  let inside = 0;
  let most = 0;
  const ended: number[] = [];
  const lanes = Array.from({ length: 6 }, (_, index) =>
    openLane<null>({
      gate,
      merge: () => null,
      async run() {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        ended.push(index);
      },
    }),
  );
  for (const lane of lanes) lane.request(null);
  await Promise.all(lanes.map((lane) => lane.idle()));
  expect(most).toBe(2);
  expect(ended.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
});

it("stopping waits for the run under way and starts no other", async () => {
  const door = openDoor();
  let runs = 0;
  const lane = openLane<null>({
    merge: () => null,
    async run() {
      runs += 1;
      await door.closed;
    },
  });
  lane.request(null);
  await new Promise((resolve) => setImmediate(resolve));
  lane.request(null);
  let stopped = false;
  const stop = lane.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(stopped).toBe(false);
  door.open();
  await stop;
  lane.request(null);
  expect(runs).toBe(1);
});

it("two requests become one that asks Git if either did, with the trigger that says more", () => {
  const drift = { trigger: "drift" as const, fetch: false };
  const commit = { trigger: "commit" as const, fetch: true };
  expect(mergeRequests(drift, commit)).toEqual(commit);
  expect(mergeRequests(commit, drift)).toEqual(commit);
  expect(mergeRequests(drift, drift)).toEqual(drift);
});
