import { expect, test } from "vitest";
import type { Cluster } from "../cluster/index.ts";
import type { KubeObject } from "../object.ts";
import { applySet } from "./index.ts";

const objects = Array.from({ length: 60 }, (_, index) => ({
  object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: `settings-${index}`, namespace: "shop" } },
}));
const inventory = [{ group: "", version: "v1", kind: "ConfigMap", namespace: "shop", name: "old" }];

/** A cluster that takes everything; `applied` hears of each real apply before its answer is known. */
function takingAll(applied: (count: number, signal?: AbortSignal) => Promise<void> | void): Cluster {
  let count = 0;
  const apply: Cluster["apply"] = async (object, { dryRun, signal }) => {
    if (dryRun) return object;
    await applied(++count, signal);
    const metadata = { ...object.metadata, uid: `uid-${object.metadata.name}`, resourceVersion: "1" };
    return { ...object, metadata } as KubeObject;
  };
  return { apply, resourceFor: async () => ({ plural: "configmaps" }) } as unknown as Cluster;
}

test("What was done before an apply is cut short is told, and so is what was not", async () => {
  const stop = new AbortController();
  const cluster = takingAll((count) => {
    if (count === 20) stop.abort(new Error("a newer commit"));
  });
  const input = { environment: "shop", objects, previousInventory: inventory, prune: true };
  const result = await applySet(cluster, { ...input, signal: stop.signal });
  const count = (action: string) => result.outcomes.filter((outcome) => outcome.action === action).length;
  expect(result).toMatchObject({
    applied: true,
    problem: { stage: "apply", reason: "Interrupted", next: "retry" },
  });
  expect(count("created")).toBeGreaterThanOrEqual(20);
  expect(count("created") + count("skipped")).toBe(60);
  expect(count("skipped")).toBeGreaterThan(0);
  expect(result.inventory).toHaveLength(count("created") + 1);
});

test("An object whose answer nobody waited for stays in the inventory, since it may be there", async () => {
  const stop = new AbortController();
  const cluster = takingAll((count, signal) => {
    if (count < 3) return;
    stop.abort(new Error("enough"));
    signal?.throwIfAborted();
  });
  const input = { environment: "shop", objects: objects.slice(0, 3), previousInventory: [], prune: true };
  const result = await applySet(cluster, { ...input, signal: stop.signal });
  expect(result.outcomes.map(({ action }) => action)).toEqual(["created", "created", "failed"]);
  expect(result.outcomes[2]?.message).toContain("cut short");
  expect(result.inventory.map(({ name }) => name)).toEqual(["settings-0", "settings-1", "settings-2"]);
});

test("An apply that is cut short before it began has applied nothing", async () => {
  const signal = AbortSignal.abort(new Error("stop"));
  const input = { environment: "shop", objects, previousInventory: inventory, prune: true, signal };
  const result = await applySet(
    takingAll(() => {}),
    input,
  );
  expect(result).toMatchObject({ applied: false, inventory, problem: { reason: "Interrupted" } });
});
