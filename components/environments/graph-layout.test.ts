import { expect, it } from "vitest";
import type { ResourceRow } from "#lib/environments/schemas.ts";
import { graphOf } from "./graph-layout.ts";

const row = (kind: string, name: string, over: Partial<ResourceRow> = {}): ResourceRow => ({
  ref: { group: "", version: "v1", kind, namespace: "shop", name },
  ...{ sync: "Synced", health: "Healthy" },
  ...over,
});
const web = row("Deployment", "web", {
  children: [
    { kind: "ReplicaSet", name: "web-1", health: "Healthy" },
    { kind: "Pod", name: "a", parent: "web-1", health: "Healthy" },
    { kind: "Pod", name: "b", parent: "web-1", health: "Degraded", reason: "It crashes.", restarts: 2 },
  ],
});

it("leads from the environment over objects and sets to pods", () => {
  const { nodes, edges, rows } = graphOf("production", "drift", [web]);
  expect(nodes.map(({ title, column }) => [title, column])).toEqual([
    ["production", 0],
    ["web", 1],
    ["web-1", 2],
    ["a", 3],
    ["b", 3],
  ]);
  expect(edges).toHaveLength(nodes.length - 1);
  expect(rows).toBe(2);
});

it("sets each box in the middle of those it leads to, and no two of a column on one place", () => {
  const many = Array.from({ length: 9 }, (_, at) => ({ ...web, ref: { ...web.ref, name: `web${at}` } }));
  const { nodes, edges } = graphOf("production", "drift", many);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) {
    const below = edges.filter(({ from }) => from === node.id).map(({ to }) => byId.get(to)!.y);
    if (below.length > 0) expect(node.y).toBe((Math.min(...below) + Math.max(...below)) / 2);
  }
  expect(new Set(nodes.map(({ column, y }) => `${column} ${y}`)).size).toBe(nodes.length);
});

it("lets what is well and made nothing share a box for each kind, and counts what has no room", () => {
  const quiet = Array.from({ length: 40 }, (_, at) => row("ConfigMap", `c${at}`));
  const off = Array.from({ length: 70 }, (_, at) =>
    row("Service", `s${at}`, { sync: "Modified", cause: "drift" }),
  );
  const { nodes, left } = graphOf("production", "drift", [...off, ...quiet, row("Secret", "one")]);
  expect(left).toBe(10);
  expect(nodes.filter(({ column }) => column === 1)).toHaveLength(62);
  expect(nodes.find(({ title }) => title === "40 of ConfigMap")).toMatchObject({ object: null });
  expect(nodes.find(({ title }) => title === "one")).toMatchObject({ object: "/Secret/shop/one" });
});
