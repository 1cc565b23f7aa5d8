import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { KubeObject } from "../object.ts";
import { ApiError } from "./api-error.ts";
import { type Observer, observe } from "./index.ts";
import { MemoryCluster } from "./test-memory-cluster.ts";
import { until } from "./test-until.ts";

const kind = { group: "", version: "v1", kind: "ConfigMap" };
const type = { ...kind, plural: "configmaps", namespaced: true, verbs: ["list", "watch"] };
const ref = (namespace: string, name: string) => ({ ...kind, namespace, name });

let memory: MemoryCluster;
let observer: Observer;
let heard: string[];

beforeEach(() => {
  memory = new MemoryCluster([type]);
  observer = observe(memory.cluster, {
    backoffMinMs: 2,
    backoffMaxMs: 20,
    forbiddenRetryMs: 10,
    absentRetryMs: 10,
  });
  heard = [];
  observer.onChange((changed, object, previous) => {
    heard.push(`${object ? (previous ? "changed" : "new") : "gone"} ${changed.namespace}/${changed.name}`);
  });
});
afterEach(() => observer.stop());

const state = (namespace?: string) => observer.status(kind, namespace).state;
const watching = (times = 1) => until("it is watched", () => memory.watches.length >= times);

describe("an observer", () => {
  test("lists again after 410 and tells what changed meanwhile, deletions included", async () => {
    for (const name of ["same", "changed", "gone"]) memory.set("a", name);
    observer.follow([{ ...kind, namespace: "a" }]);
    await watching();
    heard.length = 0;
    memory.watchFailures.push(new ApiError(410, "Expired", "too old resource version"));
    memory.watches[0]?.end();
    memory.objects.delete("a/gone");
    const changed = { ...(memory.objects.get("a/changed") as KubeObject) };
    memory.objects.set("a/changed", { ...changed, metadata: { ...changed.metadata, resourceVersion: "99" } });
    memory.version = 99;
    await until("it has listed again", () => memory.lists.length === 2);
    await watching(2);
    expect(heard.toSorted()).toEqual(["changed a/changed", "gone a/gone"]);
    expect(state("a")).toBe("synced");
  });

  test("lists in pages, and once more in one piece when a page is too old", async () => {
    for (const name of ["a", "b", "c"]) memory.set("a", name);
    memory.pageSize = 2;
    memory.listFailures = [undefined, new ApiError(410, "Expired", "the continue parameter is too old")];
    observer.follow([kind]);
    await watching();
    expect(memory.lists.map((list) => list.limit)).toEqual([500, 500, undefined]);
    expect(heard).toEqual(["new a/a", "new a/b", "new a/c"]);
    memory.watches[0]?.end(new ApiError(410, "Expired", "too old"));
    await watching(2);
    expect(memory.lists).toHaveLength(5);
    expect(heard).toHaveLength(3);
  });

  test("calls a kind unavailable whose list fails for long after a good watch", async () => {
    observer.follow([kind]);
    await watching();
    memory.listFailures = Array.from({ length: 4 }, () => new ApiError(500, "InternalError", "etcd is away"));
    const states: string[] = [];
    observer.onStatus(() => states.push(state()));
    memory.watches[0]?.end(new ApiError(410, "Expired", "too old"));
    await watching(2);
    expect(states).toEqual(["unavailable", "synced"]);
  });

  test("does not spin where every watch is refused after its list", async () => {
    observer.stop();
    observer = observe(memory.cluster, { backoffMinMs: 2, backoffMaxMs: 60_000 });
    memory.watchFailures = Array.from({ length: 1000 }, () => new ApiError(410, "Expired", "too old"));
    observer.follow([kind]);
    await until("the pauses have grown", () => memory.lists.length >= 8);
    expect(memory.watchFailures.length).toBeGreaterThan(980);
    expect(observer.status(kind).state).toBe("unavailable");
  });

  test("resumes an ended watch from the last version it saw, without a list", async () => {
    observer.follow([kind]);
    await watching();
    const last = memory.set("a", "one").metadata.resourceVersion;
    await until("it is seen", () => observer.find(ref("a", "one")));
    memory.watches[0]?.end();
    await watching(2);
    expect(memory.watches[1]?.resourceVersion).toBe(last);
    expect(memory.lists).toHaveLength(1);
  });

  test("takes one failure for a whim and two for an API that is unavailable, and keeps what it knows", async () => {
    memory.set("a", "one");
    observer.follow([{ ...kind, namespace: "a" }]);
    await watching();
    const states: string[] = [];
    observer.onStatus(() => states.push(state("a")));
    memory.watchFailures.push(new ApiError(0, "Unreachable", "no answer"));
    memory.watches[0]?.end(new ApiError(0, "Unreachable", "cut"));
    await until("it was called unavailable", () => states.includes("unavailable"));
    expect(observer.find(ref("a", "one"))).toBeDefined();
    await until("it is synced", () => state("a") === "synced");
    expect(states).toEqual(["unavailable", "synced"]);
  });

  test("says which permission is lacking, forgets the objects, and heals when it is given back", async () => {
    memory.set("a", "one");
    observer.follow([{ ...kind, namespace: "a" }]);
    await watching();
    memory.permits = () => false;
    memory.watches[0]?.end();
    await until("it is forbidden", () => state("a") === "forbidden");
    expect(observer.status(kind, "a").message).toBe(
      "The agent lacks the permission to list and watch configmaps in namespace a.",
    );
    expect(observer.status(kind, "a").lacks).toBe("configmaps");
    expect(observer.find(ref("a", "one"))).toBeUndefined();
    expect(heard).toEqual(["new a/one"]);
    memory.permits = () => true;
    await until("it is synced", () => state("a") === "synced");
    expect(observer.find(ref("a", "one"))).toBeDefined();
  });

  test("watches few namespaces one by one, and stops those that are no longer needed", async () => {
    for (const namespace of ["a", "b", "c"]) memory.set(namespace, "one");
    observer.follow([
      { ...kind, namespace: "a" },
      { ...kind, namespace: "b" },
    ]);
    await watching(2);
    expect(memory.lists.map((list) => list.namespace).toSorted()).toEqual(["a", "b"]);
    expect(observer.find(ref("c", "one"))).toBeUndefined();
    observer.follow([{ ...kind, namespace: "b" }]);
    expect(observer.find(ref("a", "one"))).toBeUndefined();
    expect(observer.find(ref("b", "one"))).toBeDefined();
    expect(memory.lists).toHaveLength(2);
  });

  test("watches many namespaces at once but keeps only what is needed, and lists again when more is", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
    for (const namespace of [...names, "other"]) memory.set(namespace, "one");
    observer.follow(names.map((namespace) => ({ ...kind, namespace })));
    await watching();
    expect(memory.lists.map((list) => list.namespace)).toEqual([undefined]);
    expect([...observer.objects(kind)]).toHaveLength(12);
    observer.follow([...names, "other"].map((namespace) => ({ ...kind, namespace })));
    await until("the other one is known", () => observer.find(ref("other", "one")));
    expect(heard.filter((line) => line.startsWith("new"))).toHaveLength(13);
    expect(heard).toHaveLength(13);
    memory.set("last", "one");
    observer.follow([kind]);
    await until("everything is known", () => observer.find(ref("last", "one")));
  });

  test("lists nothing again for an object that was not there, whatever else its namespace holds", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
    for (const namespace of [...names, "late", "later"]) memory.set(namespace, "one");
    observer.follow(names.map((namespace) => ({ ...kind, namespace, name: "one" })));
    await watching();
    const needs = [...names, "late"].map((namespace) => ({ ...kind, namespace, name: "two" }));
    observer.follow(needs);
    expect(observer.isSynced(needs)).toBe(true);
    memory.set("late", "two");
    await until("it was seen when it came", () => observer.find(ref("late", "two")));
    expect(memory.lists).toHaveLength(1);
    observer.follow([...needs, { ...kind, namespace: "later", name: "one" }]);
    await until("what had been there is known", () => observer.find(ref("later", "one")));
    expect(memory.lists).toHaveLength(2);
  });

  test("falls back to single namespaces where watching all is forbidden", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
    for (const namespace of names) memory.set(namespace, "one");
    memory.permits = (namespace) => namespace !== undefined && namespace !== "n3";
    observer.follow(names.map((namespace) => ({ ...kind, namespace })));
    await until("all but one are known", () => [...observer.objects(kind)].length === 11);
    expect(state("n2")).toBe("synced");
    expect(state("n3")).toBe("forbidden");
    expect(state()).toBe("forbidden");
  });

  test("finds a kind that appears later at once when told, and calls one that vanishes absent", async () => {
    memory.types = [];
    observer.follow([{ ...kind, namespace: "a" }]);
    await until("it is absent", () => state("a") === "absent");
    memory.types = [type];
    memory.set("a", "one");
    memory.forgetDiscovery();
    await until("it is seen", () => observer.find(ref("a", "one")));
    memory.types = [];
    memory.watches[0]?.end();
    await until("it is absent again", () => state("a") === "absent");
    expect(heard).toEqual(["new a/one", "gone a/one"]);
  });

  test("calls a kind whose API does not answer unavailable, and the others are none the worse", async () => {
    const resourceFor = memory.resourceFor.bind(memory);
    let isDown = true;
    memory.resourceFor = async (wanted) => {
      if (wanted.group === "metrics.k8s.io" && isDown)
        throw new ApiError(503, "ServiceUnavailable", "no endpoints");
      return resourceFor(wanted);
    };
    const metrics = { group: "metrics.k8s.io", version: "v1", kind: "PodMetrics" };
    observer.follow([kind, metrics]);
    await observer.whenSynced(5_000);
    expect(observer.status(metrics)).toEqual({
      state: "unavailable",
      message: "The API server does not say which resource serves PodMetrics: no endpoints.",
    });
    expect(state()).toBe("synced");
    isDown = false;
    memory.types.push({ ...type, ...metrics });
    await until("it is synced", () => observer.status(metrics).state === "synced");
  });

  test("is synced, once the first lists are there or have definitely failed", async () => {
    memory.permits = (namespace) => namespace === "a";
    observer.follow([
      { ...kind, namespace: "a" },
      { ...kind, namespace: "b" },
      { group: "x", version: "v1", kind: "Nothing" },
    ]);
    expect(state("a")).toBe("starting");
    await observer.whenSynced(5_000);
    expect([state("a"), state("b")]).toEqual(["synced", "forbidden"]);
    expect(observer.status({ group: "x", version: "v1", kind: "Nothing" }).state).toBe("absent");
  });

  test("asks nothing and tells nothing when it is told to follow the same again", async () => {
    observer.follow([kind]);
    await watching();
    let told = 0;
    observer.onStatus(() => told++);
    observer.follow([kind]);
    expect(told).toBe(0);
    expect(memory.lists).toHaveLength(1);
  });

  test("finds objects by their owner, and keeps of controlled ones no field managers", async () => {
    const owned = {
      name: "",
      ownerReferences: [{ uid: "owner", controller: true }],
      managedFields: [{ manager: "x" }],
    };
    memory.set("a", "child", { metadata: owned });
    memory.set("a", "other", { metadata: { name: "", managedFields: [{ manager: "x" }] } });
    observer.follow([kind]);
    await watching();
    expect(observer.owned(kind, "a", "owner").map((object) => object.metadata.name)).toEqual(["child"]);
    expect(observer.find(ref("a", "child"))?.metadata.managedFields).toBeUndefined();
    expect(observer.find(ref("a", "other"))?.metadata.managedFields).toBeDefined();
    memory.delete("a", "child");
    await until("it is gone", () => observer.owned(kind, "a", "owner").length === 0);
  });
});
