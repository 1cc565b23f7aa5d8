import { expect, it } from "vitest";
import { configMap, openWorld, outcomeOf } from "./test-world.ts";

const OBJECTS = 40;

it("waits as long as an API server asks that has too much to do, and fails no sync for it", async () => {
  const world = await openWorld({ proxy: true });
  const refusedAt = new Map<string, number>();
  const early: string[] = [];
  world.api.intercept(({ method, path, query, at }) => {
    if (method !== "PATCH") return undefined;
    const key = `${path} ${query.get("dryRun")}`;
    const before = refusedAt.get(key);
    if (before === undefined) {
      refusedAt.set(key, at);
      const status = { kind: "Status", status: "Failure", reason: "TooManyRequests", code: 429 };
      return { status: 429, headers: { "retry-after": "1" }, body: status };
    }
    if (at - before < 1000) early.push(key);
    return undefined;
  });
  const names = Array.from({ length: OBJECTS }, (_, index) => `settings-${index}`);
  const sync = await world.begin(
    Object.fromEntries(names.map((name) => [`app/${name}.yaml`, configMap(name)])),
  );
  expect(names.map((name) => outcomeOf(sync, `ConfigMap/${name}`))).toEqual(names.map(() => "created"));
  expect(refusedAt.size).toBe(2 * OBJECTS);
  expect(early).toEqual([]);
  expect(world.syncs().map(({ outcome }) => outcome)).toEqual(["succeeded"]);
});
