import { jsonLines } from "../agent/cluster/json-lines.ts";
import type { KubeObject } from "../agent/object.ts";
import { keyOf } from "./objects.ts";
import type { SyncWorld } from "./sync-world.ts";

/** Calls with each object that changed, by key, and the `performance.now()` at which it was seen. */
export type Seen = (key: string, object: KubeObject, at: number) => void;

const RESOURCES = ["/api/v1/configmaps", "/api/v1/services", "/apis/apps/v1/deployments"];

/** Watches ConfigMaps, Services and Deployments of the whole cluster, independently of the agent. */
export async function watchIndependently(world: SyncWorld, seen: Seen) {
  const streams = await Promise.all(
    RESOURCES.map(async (path) => {
      const list = (await (await world.call("GET", `${path}?limit=1`)).json()) as {
        metadata: { resourceVersion: string };
      };
      const from = list.metadata.resourceVersion;
      return world.call("GET", `${path}?watch=true&timeoutSeconds=3600&resourceVersion=${from}`);
    }),
  );
  for (const stream of streams) void follow(stream, seen).catch(() => {});
  return { stop: () => streams.forEach((stream) => void stream.destroy()) };
}

async function follow(chunks: AsyncIterable<Uint8Array>, seen: Seen): Promise<void> {
  for await (const event of jsonLines(chunks, 16 * 1024 * 1024)) {
    const { type, object } = event as { type: string; object: KubeObject };
    if (type === "ADDED" || type === "MODIFIED") seen(keyOf(object), object, performance.now());
  }
}
