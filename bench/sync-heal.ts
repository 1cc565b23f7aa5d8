import { setTimeout as pause } from "node:timers/promises";
import { asTime, median, quantile } from "./numbers.ts";
import { handEdit, keyOf, pathOf } from "./objects.ts";
import { environmentObjects } from "./sync-objects.ts";
import type { Converged } from "./sync-rounds.ts";
import { watchIndependently } from "./sync-watch.ts";
import type { SyncWorld } from "./sync-world.ts";
import type { Row } from "./table.ts";

const LONGEST_MS = 30_000;

/** From the sending of a hand edit until a watch of our own sees the object without it. */
export async function measureHealing(
  world: SyncWorld,
  { names }: Converged,
  edits: number,
  mostMs: number,
  say: (line: string) => void,
): Promise<Row[]> {
  const edited = new Map<string, { mark: string; seen: boolean; healed: (at: number) => void }>();
  const watch = await watchIndependently(world, (key, object, at) => {
    const edit = edited.get(key);
    if (!edit) return;
    const holds = JSON.stringify([object.data, object.spec]).includes(`${edit.mark}"`);
    if (holds) edit.seen = true;
    else if (edit.seen) edit.healed(at);
  });
  try {
    const delays: number[] = [];
    for (let index = 0; index < edits; index++) {
      // Another environment each time, anywhere among them; ConfigMap, Service and Deployment in turns.
      const namespace = names[Math.floor(((index * 0.618) % 1) * names.length)] as string;
      const object = environmentObjects(namespace)[1 + (index % 3)];
      if (!object) continue;
      const key = keyOf(object);
      const healed = new Promise<number>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${key} was not healed in ${LONGEST_MS} ms.`)),
          LONGEST_MS,
        );
        edited.set(key, {
          mark: `by-hand-${index}`,
          seen: false,
          healed(at) {
            clearTimeout(timer);
            edited.delete(key);
            resolve(at);
          },
        });
      });
      const sent = performance.now();
      await (
        await world.call("PATCH", `${pathOf(object)}?fieldManager=by-hand`, handEdit(object, index))
      ).dump();
      delays.push((await healed) - sent);
      await pause(Math.random() * 150);
    }
    say(`${edits} hand edits are healed`);
    const p99 = quantile(delays, 0.99);
    return [
      { what: `hand edit to healed, ${edits} edits: p50`, figure: asTime(median(delays)) },
      { what: "  p99", figure: asTime(p99), aim: `≤ ${asTime(mostMs)}`, met: p99 <= mostMs },
      { what: "  longest", figure: asTime(Math.max(...delays)) },
    ];
  } finally {
    watch.stop();
  }
}
