import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const LOOK_EVERY_MS = 15_000;
/** Less than this is not worth a pause of some tens of milliseconds. */
const WORTH_BYTES = 4 * 1024 * 1024;
/** What the space for young objects grows to in a burst it keeps: beyond this it is worth giving back. */
const ROOMY_BYTES = 4 * 1024 * 1024;

/**
 * Gives memory back after a burst. Reading thousands of manifests and objects leaves several times their size
 * as garbage, and V8 collects what is old only when more is asked for: an idle agent would keep it for good.
 */
export function tidyHeap(): { stop: () => void } {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as (how: { type: "major"; flavor: "last-resort" }) => void;
  let tidied = 0;
  let before = 0;
  const timer = setInterval(() => {
    const used = getHeapStatistics().used_heap_size;
    // Not in the middle of a burst: once it has stopped growing, and only for what has come since the last time.
    const calm = used - before < WORTH_BYTES;
    before = used;
    if (!calm || (used - tidied < WORTH_BYTES && roomForYoung() < ROOMY_BYTES)) return;
    gc({ type: "major", flavor: "last-resort" });
    tidied = getHeapStatistics().used_heap_size;
    before = tidied;
  }, LOOK_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

const roomForYoung = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")?.physical_space_size ?? 0;
