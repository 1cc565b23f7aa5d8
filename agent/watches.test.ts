import { afterEach, expect, it } from "vitest";
import { observe } from "./cluster/index.ts";
import { MemoryCluster } from "./cluster/test-memory-cluster.ts";
import { openWatches } from "./watches.ts";

const verbs = ["list", "watch"];
const type = { group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true, verbs };
const memory = new MemoryCluster([type]);
const observer = observe(memory.cluster, { backoffMinMs: 5, backoffMaxMs: 20 });
const ref = (namespace: string) => ({ group: "", version: "v1", kind: "ConfigMap", namespace, name: "one" });

afterEach(() => observer.stop());

it("calls nothing known that an environment needs and that is not watched yet, though its kind is", async () => {
  const watches = openWatches(observer);
  // More than are watched one by one: from here on one watch sees all namespaces, and keeps what is needed.
  const names = Array.from({ length: 8 }, (_, index) => `n${index}`);
  for (const namespace of [...names, "late"]) memory.set(namespace, "one");
  for (const namespace of names) watches.follow(namespace, [ref(namespace)]);
  expect(watches.isSynced("n0")).toBe(false);
  await watches.synced("n0", 5000);
  expect(watches.isSynced("n0")).toBe(true);

  watches.follow("late", [ref("late")]);
  expect(watches.isSynced("late")).toBe(false);
  await watches.synced("late", 5000);
  expect(watches.look(ref("late"))).toMatchObject({ is: "there" });
});
