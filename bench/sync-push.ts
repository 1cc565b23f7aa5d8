import { eventually } from "../agent/test-control-plane.ts";
import { objectKey } from "../lib/protocol/object.ts";
import { asTime } from "./numbers.ts";
import type { Converged } from "./sync-rounds.ts";
import { watchIndependently } from "./sync-watch.ts";
import type { SyncWorld } from "./sync-world.ts";
import type { Row } from "./table.ts";

/** One commit that changes every environment: from the end of its push, and the hint, until the last one has it. */
export async function measurePush(
  world: SyncWorld,
  { names, repository, receiver, converged }: Converged,
  say: (line: string) => void,
): Promise<Row[]> {
  const waiting = new Set(
    names.map((namespace) =>
      objectKey({ group: "", version: "v1", kind: "ConfigMap", namespace, name: "app" }),
    ),
  );
  let lastAt = 0;
  let firstAt = 0;
  const watch = await watchIndependently(world, (key, object, at) => {
    if ((object.data as Record<string, string> | undefined)?.RELEASE !== "2" || !waiting.delete(key)) return;
    firstAt ||= at;
    lastAt = at;
  });
  try {
    const revision = repository.commit("2");
    const pushed = performance.now();
    receiver.hint({ reason: "push" });
    await eventually(() => waiting.size === 0, 600_000);
    const { healthy } = await converged(revision);
    say("the commit has reached every environment");
    return [
      { what: `push of one commit to the last of ${names.length} applied`, figure: asTime(lastAt - pushed) },
      { what: "  to the first one applied", figure: asTime(firstAt - pushed) },
      {
        what: "  to the last one reported converged",
        figure: asTime(healthy - performance.timeOrigin - pushed),
      },
    ];
  } finally {
    watch.stop();
  }
}
