import { setTimeout as pause } from "node:timers/promises";
import type { BrowserContext, Page } from "@playwright/test";
import type pg from "pg";
import { FLEET, type Loaded, uuidOf } from "./ui-load.ts";

export type Sample = { second: number; megabytes: number; nodes: number; taskSeconds: number };

/** Changes environments as reports do, `perSecond` of them, each with its notification, until `stop` is called. */
export function startUpdates(owner: pg.Client, { organizationId }: Loaded, perSecond: number) {
  let sent = 0;
  let stopped = false;
  const began = performance.now();
  const running = (async () => {
    while (!stopped) {
      const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
      if (sent >= due) {
        await pause(5);
        continue;
      }
      // Mostly the first of the list, so that what is on the screen changes, too.
      const e = sent % 3 === 0 ? 93 + 100 * (sent % 20) : (sent * 7919) % FLEET.environments;
      const [state, causes] = sent % 2 === 0 ? ["Diverged", "{drift}"] : ["Converged", "{}"];
      await owner.query(
        `with changed as (
          update environments set state = $2, causes = $3::text[], state_since = now(), summary = 'Deployment/quotes replicas 6 → ' || $4::int
          where organization_id = $1 and id = ${uuidOf("'e' || $5::int")} returning id)
        select pg_notify('plumbline', jsonb_build_object('kind', 'live', 'organizationId', $1::text,
          'events', jsonb_build_array(jsonb_build_object('topic', 'environment', 'id', id)))::text) from changed`,
        [organizationId, state, causes, sent % 7, e],
      );
      sent += 1;
    }
  })();
  return {
    sent: () => sent,
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}

/** The page's heap after forced collections, over `seconds` of live updates, and how busy it was. */
export async function watchMemory(
  context: BrowserContext,
  page: Page,
  seconds: number,
  everySeconds: number,
  say: (line: string) => void,
): Promise<Sample[]> {
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  await session.send("HeapProfiler.enable");
  const samples: Sample[] = [];
  const began = performance.now();
  for (let second = 0; second <= seconds; second += everySeconds) {
    await pause(Math.max(0, began + second * 1000 - performance.now()));
    // Twice: what the first one finds to be finalised goes with the second.
    await session.send("HeapProfiler.collectGarbage");
    await session.send("HeapProfiler.collectGarbage");
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
    const sample = {
      second: Math.round((performance.now() - began) / 1000),
      megabytes: of("JSHeapUsedSize") / 2 ** 20,
      nodes: of("Nodes"),
      taskSeconds: of("TaskDuration"),
    };
    samples.push(sample);
    say(`  ${String(sample.second).padStart(5)} s  ${sample.megabytes.toFixed(2)} MB  ${sample.nodes} nodes`);
  }
  return samples;
}

/** Megabytes a minute by least squares, without the first fifth, in which caches fill. */
export function slopeOf(samples: readonly Sample[]): number {
  const settled = samples.slice(Math.ceil(samples.length / 5));
  const mean = (values: number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const x = settled.map(({ second }) => second / 60);
  const y = settled.map(({ megabytes }) => megabytes);
  const [mx, my] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, one, index) => sum + (one - mx) * (y[index]! - my), 0);
  return covariance / x.reduce((sum, one) => sum + (one - mx) ** 2, 0);
}
