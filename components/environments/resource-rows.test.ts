import { expect, it } from "vitest";
import type { ResourceRow } from "#lib/environments/schemas.ts";
import { filterResources, statesOf, treeRows } from "./resource-rows.ts";

const row = (kind: string, name: string, over: Partial<ResourceRow> = {}): ResourceRow => ({
  ref: { group: "", version: "v1", kind, namespace: "shop", name },
  ...{ sync: "Synced", health: "Healthy" },
  ...over,
});
const web = row("Deployment", "web", {
  health: "Degraded",
  children: [
    { kind: "ReplicaSet", name: "web-1", health: "Healthy" },
    { kind: "ReplicaSet", name: "web-2", health: "Progressing" },
    { kind: "Pod", name: "web-2-a", parent: "web-2", health: "Degraded", reason: "It crashes." },
    { kind: "Pod", name: "web-1-b", parent: "web-1", health: "Healthy" },
    { kind: "Pod", name: "stray", parent: "untold", health: "Healthy" },
  ],
});
const rows = [
  row("ConfigMap", "b"),
  row("ConfigMap", "a"),
  web,
  row("Secret", "c", { sync: "Modified", cause: "drift" }),
];
const names = (filter: Partial<Parameters<typeof filterResources>[1]>) =>
  filterResources(rows, { text: "", kind: null, state: null, ...filter }).map(({ ref }) => ref.name);

it("puts the worst first, then goes by kind and name", () => {
  expect(names({})).toEqual(["c", "web", "a", "b"]);
});

it("narrows by kind, by state, and by words in any order, also of what an object made", () => {
  expect(names({ kind: "ConfigMap" })).toEqual(["a", "b"]);
  expect(names({ state: "differs" })).toEqual(["c"]);
  expect(names({ state: "unhealthy" })).toEqual(["web"]);
  expect(names({ state: "well" })).toEqual(["a", "b"]);
  expect(names({ text: "shop/A  config" })).toEqual(["a"]);
  expect(names({ text: "web-2-a" })).toEqual(["web"]);
  expect(names({ text: "nothing such" })).toEqual([]);
});

it("says of an object every state that it is in", () => {
  expect(statesOf({ sync: "Modified", health: "Degraded" })).toEqual(["differs", "unhealthy"]);
  expect(statesOf({ sync: "Synced", health: "Unknown" })).toEqual(["unknown"]);
  expect(statesOf({ sync: "Synced", health: "Suspended" })).toEqual(["well"]);
});

it("draws beneath an open object each set before the pods that it made, and loses no pod", () => {
  const drawn = treeRows([web, rows[0]!], ({ ref }) => ref.name === "web");
  expect(drawn.map((one) => `${one.depth} ${"child" in one ? one.child.name : one.object.ref.name}`)).toEqual(
    ["0 web", "1 web-1", "2 web-1-b", "1 web-2", "2 web-2-a", "1 stray", "0 b"],
  );
  expect(new Set(drawn.map(({ key }) => key)).size).toBe(drawn.length);
  expect(treeRows([web], () => false)).toHaveLength(1);
});
