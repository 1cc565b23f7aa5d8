import { SIGN_ORDER, type Sign, signOfHealth } from "#components/state/state.ts";
import type { ResourceRow } from "#lib/environments/schemas.ts";
import { objectKey } from "#lib/protocol/object-key.ts";
import { signOfObject } from "./object-summary.ts";

/** One box: what it is, where it stands, and which object a click leads to. */
export type GraphNode = {
  id: string;
  column: 0 | 1 | 2 | 3;
  /** Middle of the box, in rows from the top. */
  y: number;
  title: string;
  sub: string;
  sign: Sign;
  object: string | null;
};
export type GraphEdge = { from: string; to: string; sign: Sign };
export type Graph = { nodes: GraphNode[]; edges: GraphEdge[]; rows: number; left: number };

/** More boxes than this nobody tells apart. */
const MOST_OBJECTS = 60;

type Draft = Omit<GraphNode, "y" | "column"> & { below: Draft[] };

/**
 * Environment → objects → what they made, left to right; each box stands in the middle of those it leads to.
 * Objects that are well and made nothing share a box for each kind. `objects` come worst first; beyond a number
 * they are counted in `left`.
 */
export function graphOf(name: string, sign: Sign, objects: readonly ResourceRow[]): Graph {
  const alone = objects.filter(
    (one) => signOfObject(one).sign !== "converged" || (one.children ?? []).length > 0,
  );
  const shown = alone.slice(0, MOST_OBJECTS);
  const well = objects.filter((one) => !alone.includes(one));
  const root: Draft = {
    ...{ id: "environment", title: name, sub: "environment", sign, object: null },
    below: [...shown.map(draftOf), ...kindsOf(well)],
  };
  const graph: Graph = { nodes: [], edges: [], rows: 0, left: alone.length - shown.length };
  place(root, 0, graph);
  return graph;
}

function draftOf(object: ResourceRow): Draft {
  const key = objectKey(object.ref);
  const children = object.children ?? [];
  const names = new Set(children.map((child) => child.name));
  const boxOf = (child: (typeof children)[number]): Draft => ({
    id: `${key}//${child.kind}/${child.name}`,
    title: child.name,
    sub: child.restarts ? `${child.kind}, ${child.restarts} restarts` : child.kind,
    sign: signOfHealth(child.health),
    object: key,
    below: children.filter(({ parent }) => parent === child.name).map(boxOf),
  });
  return {
    ...{
      id: key,
      title: object.ref.name,
      sub: object.ref.kind,
      sign: signOfObject(object).sign,
      object: key,
    },
    below: children.filter(({ parent }) => parent === undefined || !names.has(parent)).map(boxOf),
  };
}

function kindsOf(objects: readonly ResourceRow[]): Draft[] {
  const kinds = Map.groupBy(objects, ({ ref }) => ref.kind);
  return [...kinds].map(([kind, list]) =>
    list.length === 1
      ? draftOf(list[0]!)
      : {
          id: `kind/${kind}`,
          title: `${list.length} of ${kind}`,
          sub: "well, as Git says",
          sign: "converged" as const,
          object: null,
          below: [],
        },
  );
}

/** Places a box and all that it leads to; answers its height. */
function place(draft: Draft, column: number, graph: Graph): number {
  const { below, ...box } = draft;
  const node: GraphNode = { ...box, column: Math.min(column, 3) as GraphNode["column"], y: 0 };
  graph.nodes.push(node);
  const heights = below.map((one) => {
    graph.edges.push({ from: node.id, to: one.id, sign: one.sign });
    return place(one, column + 1, graph);
  });
  if (heights.length === 0) {
    node.y = graph.rows;
    graph.rows += 1;
  } else node.y = (heights[0]! + heights.at(-1)!) / 2;
  return node.y;
}

/** Edges of what is well are drawn first, so that what is off lies over them. */
export const inDrawingOrder = (edges: readonly GraphEdge[]): GraphEdge[] =>
  [...edges].sort((a, b) => SIGN_ORDER.indexOf(b.sign) - SIGN_ORDER.indexOf(a.sign));
