import type { Json, KubeObject } from "../object.ts";
import { isFilledIn, isMap, type JsonMap, MAX_DEPTH, own } from "./equal.ts";
import { itemsByKey } from "./merge-list.ts";
import { isControlPlane, type Owners } from "./owners.ts";
import { Path } from "./path.ts";
import { DEDUCED, type Schema } from "./schema.ts";
import { secretData } from "./secret.ts";
import type { Found } from "./walk.ts";

type Sides = { schema: Schema; desired: KubeObject; observed: KubeObject; owners: Owners };

/** Tells the fields that others own, Git does not set, and the server did not fill in by itself. */
export function additions({ schema, desired, observed, owners }: Sides, found: Found): void {
  const seen = new Set<string>();
  const once: Found = (type, path, wanted, actual) => {
    if (seen.has(path.pointer)) return;
    seen.add(path.pointer);
    found(type, path, wanted, actual);
  };
  const data = desired.kind === "Secret" ? secretData(desired) : undefined;
  const wanted = (data === undefined ? desired : { ...desired, data }) as JsonMap;
  for (const { manager, subresource, fields } of owners.others) {
    if (subresource !== undefined || isControlPlane(manager)) continue;
    const visit = new Additions(once);
    for (const key in fields) {
      if (key === "f:metadata") visit.metadata(schema, wanted, observed, fields, owners.ours);
      else if (key.startsWith("f:") && key !== "f:status" && key !== "f:stringData")
        visit.field(schema, key, wanted, observed as JsonMap, fields, owners.ours);
    }
  }
}

const BOOKKEEPING = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  "deployment.kubernetes.io/revision",
  "control-plane.alpha.kubernetes.io/leader",
  "kubernetes.io/metadata.name",
]);

class Additions {
  readonly #path = new Path();
  readonly #found: Found;

  constructor(found: Found) {
    this.#found = found;
  }

  metadata(
    schema: Schema,
    desired: JsonMap,
    observed: KubeObject,
    set: JsonMap,
    ours: JsonMap | undefined,
  ): void {
    const fields = own(set, "f:metadata");
    if (!isMap(fields)) return;
    const metadata = schema.field("metadata") ?? DEDUCED;
    this.#path.enter("metadata");
    for (const key of ["f:labels", "f:annotations", "f:finalizers", "f:ownerReferences"])
      if (Object.hasOwn(fields, key))
        this.field(
          metadata,
          key,
          asMap(desired.metadata) ?? {},
          observed.metadata as JsonMap,
          fields,
          asMap(ours && own(ours, "f:metadata")),
        );
    this.#path.leave();
  }

  field(
    parent: Schema,
    key: string,
    desired: JsonMap,
    observed: JsonMap,
    set: JsonMap,
    ours: JsonMap | undefined,
  ): void {
    const name = key.slice(2);
    const actual = own(observed, name);
    if (actual === undefined || actual === null || BOOKKEEPING.has(name)) return;
    const wanted = own(desired, name);
    const schema = parent.field(name) ?? DEDUCED;
    const mine = asMap(ours && own(ours, key));
    const node = asMap(own(set, key));
    this.#path.enter(name);
    this.#value(schema, node, wanted, actual, mine, isFilledIn(parent, name, actual));
    this.#path.leave();
  }

  #value(
    schema: Schema,
    node: JsonMap | undefined,
    wanted: Json | undefined,
    actual: Json,
    ours: JsonMap | undefined,
    filledIn: boolean,
  ): void {
    if (!node || filledIn || this.#path.depth > MAX_DEPTH) return;
    const children = Object.keys(node).filter((key) => key !== ".");
    if (children.length === 0) {
      if (wanted === undefined && ours === undefined) this.#found("added", this.#path, undefined, actual);
    } else if (isMap(actual)) {
      const inner = asMap(wanted);
      if (wanted === undefined && ours === undefined && Object.hasOwn(node, ".") && schema.shape === "struct")
        this.#found("added", this.#path, undefined, actual);
      else
        for (const key of children)
          if (key.startsWith("f:")) this.field(schema, key, inner ?? {}, actual, node, ours);
    } else if (Array.isArray(actual))
      this.#list(schema, node, Array.isArray(wanted) ? wanted : [], actual, ours);
  }

  #list(schema: Schema, node: JsonMap, wanted: Json[], actual: Json[], ours: JsonMap | undefined): void {
    const items = itemsByKey(schema, actual, false);
    const desired = itemsByKey(schema, wanted, false);
    if (!items || !desired) return;
    for (const item of items.values()) {
      const fields = asMap(own(node, item.field));
      if (!fields) continue;
      const mine = asMap(ours && own(ours, item.field));
      const counterpart = desired.get(item.field);
      this.#path.enterItem(item.index, item.shown, item.field);
      if (!counterpart && mine === undefined) this.#found("added", this.#path, undefined, item.value);
      else if (schema.keys) this.#value(schema.item(), fields, counterpart?.value, item.value, mine, false);
      this.#path.leave();
    }
  }
}

function asMap(value: Json | undefined): JsonMap | undefined {
  return isMap(value) ? value : undefined;
}
