import { SIGN_ORDER, signOfHealth, signOfSync } from "#components/state/state.ts";
import type { ResourceRow } from "#lib/environments/schemas.ts";
import type { ChildStatus } from "#lib/protocol/object.ts";
import { objectKey } from "#lib/protocol/object-key.ts";

/** What a list of objects is narrowed to; it stands in the address of the page. */
export type ResourceFilter = { text: string; kind: string | null; state: ResourceState | null };

/** What one may ask for: what differs, what does not work, what moves, and what is not known. */
export const RESOURCE_STATES = ["differs", "unhealthy", "moving", "unknown", "well"] as const;
export type ResourceState = (typeof RESOURCE_STATES)[number];

/** Which states an object is in; it may differ and not work. */
export function statesOf(row: Pick<ResourceRow, "sync" | "health">): ResourceState[] {
  const states: ResourceState[] = [];
  if (row.sync === "Modified" || row.sync === "Missing" || row.sync === "Extra") states.push("differs");
  if (row.health === "Degraded" || row.health === "Missing") states.push("unhealthy");
  if (row.health === "Progressing") states.push("moving");
  if (row.sync === "Unknown" || row.health === "Unknown") states.push("unknown");
  return states.length > 0 ? states : ["well"];
}

/** The objects that a filter lets through, worst first, then by kind and name. Words must all be there, in any order. */
export function filterResources(rows: readonly ResourceRow[], filter: ResourceFilter): ResourceRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows
    .filter(
      (row) =>
        (filter.kind === null || row.ref.kind === filter.kind) &&
        (filter.state === null || statesOf(row).includes(filter.state)) &&
        (words.length === 0 || words.every((word) => textOf(row).includes(word))),
    )
    .map((row) => [rankOf(row), row] as const)
    .sort(([a, one], [b, other]) => a - b || compare(one, other))
    .map(([, row]) => row);
}

function textOf({ ref, sync, health, children = [] }: ResourceRow): string {
  const made = children.map(({ kind, name }) => `${kind}/${name}`).join(" ");
  return `${ref.kind} ${ref.namespace}/${ref.name} ${sync} ${health} ${made}`.toLowerCase();
}

function rankOf(row: ResourceRow): number {
  return Math.min(
    SIGN_ORDER.indexOf(signOfSync(row.sync, row.cause)),
    SIGN_ORDER.indexOf(signOfHealth(row.health)),
  );
}

const compare = (a: ResourceRow, b: ResourceRow) => {
  const [one, other] = [objectKey(a.ref), objectKey(b.ref)];
  return a.ref.kind < b.ref.kind ? -1 : a.ref.kind > b.ref.kind ? 1 : one < other ? -1 : one > other ? 1 : 0;
};

/** One line of the tree: an object, or something that it made beneath it. */
export type TreeRow =
  | { key: string; depth: 0; object: ResourceRow; children: number; open: boolean }
  | { key: string; depth: 1 | 2; object: ResourceRow; child: ChildStatus };

/** The lines of the tree, with the children of those objects that are open. */
export function treeRows(objects: readonly ResourceRow[], isOpen: (row: ResourceRow) => boolean): TreeRow[] {
  return objects.flatMap((object) => {
    const key = objectKey(object.ref);
    const children = object.children ?? [];
    const open = children.length > 0 && isOpen(object);
    const row: TreeRow = { key, depth: 0, object, children: children.length, open };
    return open
      ? [
          row,
          ...inOrder(children).map(
            ([child, depth]): TreeRow => ({
              key: `${key}//${child.kind}/${child.name}`,
              depth,
              object,
              child,
            }),
          ),
        ]
      : [row];
  });
}

/** Each set before the pods that it made. */
function inOrder(children: readonly ChildStatus[]): [ChildStatus, 1 | 2][] {
  const names = new Set(children.map(({ name }) => name));
  const top = children.filter(({ parent }) => parent === undefined || !names.has(parent));
  return top.flatMap((child): [ChildStatus, 1 | 2][] => [
    [child, 1],
    ...children.filter(({ parent }) => parent === child.name).map((one): [ChildStatus, 2] => [one, 2]),
  ]);
}
