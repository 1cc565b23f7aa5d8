import { isMap, type Json, type JsonMap } from "../json.ts";
import { type Atom, type ListAtom, type MapAtom, narrow, type TypeRef } from "./atoms.ts";
import { itemsByElement } from "./list-items.ts";

type Maybe = Json | undefined;

/** Merges an applied configuration over a live value: the configuration wins, the rest stays. */
export function merge(live: Maybe, config: Maybe, type: TypeRef | undefined): Maybe {
  if (!type) return config ?? live;
  const atom = type();
  return visit(narrow(atom, config === undefined ? live : config), live, config);
}

function visit(atom: Atom, live: Maybe, config: Maybe): Maybe {
  if (atom.map) return mergeMap(atom.map, live, config);
  if (atom.list && !atom.scalar) return mergeList(atom.list, live, config);
  return config !== undefined ? config : live;
}

function mergeMap(map: MapAtom, live: Maybe, config: Maybe): Maybe {
  const left = isMap(live) ? live : {};
  const right = isMap(config) ? config : {};
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  if (map.atomic || keys.size === 0) return config !== undefined ? config : live;
  const out: JsonMap = {};
  for (const key of keys) {
    const merged = merge(left[key], right[key], map.field(key) ?? map.element);
    if (merged !== undefined) out[key] = merged;
  }
  return Object.keys(out).length > 0 ? out : undefined;
}

function mergeList(list: ListAtom, live: Maybe, config: Maybe): Maybe {
  const left = Array.isArray(live) ? live : [];
  const right = Array.isArray(config) ? config : [];
  if (list.atomic || left.length + right.length === 0) return config !== undefined ? config : live;
  const out = mergeItems(list, left, right);
  return out.length > 0 ? out : undefined;
}

/** Interleaves items: shared ones in the configuration's order, live-only ones where they stood. */
function mergeItems(list: ListAtom, left: Json[], right: Json[]): Json[] {
  const leftItems = itemsByElement(list, left);
  const rightItems = itemsByElement(list, right);
  const leftOrder = left.map((item) => [...itemsByElement(list, [item]).keys()][0]!);
  const rightOrder = [...rightItems.keys()];
  const shared = rightOrder.filter((element) => leftItems.has(element));
  let nextShared = shared.shift();
  const done = new Set<string>();
  const out: Json[] = [];
  const take = (element: string, liveItem: Maybe): void => {
    const merged = merge(liveItem, rightItems.get(element)?.[0], list.element);
    if (merged !== undefined) out.push(merged);
  };
  const unique = (element: string): Maybe => {
    const items = leftItems.get(element);
    return items && items.length > 1 ? null : items?.[0];
  };
  for (let l = 0, r = 0; l < leftOrder.length || r < rightOrder.length; ) {
    const element = leftOrder[l];
    if (element !== undefined && r < rightOrder.length) {
      if (element === rightOrder[r]) {
        done.add(element);
        take(element, unique(element));
        l++;
        r++;
        nextShared = shared.shift();
        continue;
      }
      if (rightItems.has(element) && nextShared !== undefined && nextShared !== element) {
        l++;
        continue;
      }
    }
    if (element !== undefined) {
      if (!rightItems.has(element)) {
        take(element, left[l]);
        l++;
        continue;
      }
      if (done.has(element)) l++;
    }
    const wanted = rightOrder[r];
    if (wanted !== undefined) {
      done.add(wanted);
      take(wanted, unique(wanted));
      r++;
      if (nextShared === wanted) nextShared = shared.shift();
    }
  }
  return out;
}
