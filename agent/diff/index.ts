import type { FieldChange } from "../../lib/protocol/object.ts";
import type { IgnoreRule } from "../declaration.ts";
import type { Json, KubeObject } from "../object.ts";
import { additions } from "./additions.ts";
import { isMap, type JsonMap, own } from "./equal.ts";
import { ignoring } from "./ignore.ts";
import { attribute, attributeRemoval, ownersOf } from "./owners.ts";
import { scaledByAutoscaler } from "./replicas.ts";
import { DEDUCED, type Schema } from "./schema.ts";
import { secretData } from "./secret.ts";
import { type Found, Walk } from "./walk.ts";

export type { Schema } from "./schema.ts";
export { type GroupVersionKind, type OpenApiDocument, type Schemas, schemasFrom } from "./schemas.ts";

/** One object of Git and the same one of the cluster, and how to compare them. */
export type DiffInput = {
  desired: KubeObject;
  observed: KubeObject;
  /** Of the desired object's kind; without it maps merge and lists are replaced, as the server does then. */
  schema?: Schema | undefined;
  /** Our own field manager. */
  fieldManager: string;
  ignore: readonly IgnoreRule[];
  /** Whether what others added counts as a difference. */
  additionsCount: boolean;
};

/** What differs. Values are as they are: mask them before they leave. */
export type ObjectDiff = {
  /** Whether anything that counts differs. */
  differs: boolean;
  /** At most `MAX_CHANGES`, those that count first. */
  changes: FieldChange[];
  /** How many differing fields an ignore rule, or an autoscaler's ownership, hid. */
  ignored: number;
  /** What else is worth saying: why a differing field is no drift. */
  notes: string[];
};

const MAX_CHANGES = 500;

/**
 * What a server-side apply of `desired` by `fieldManager` would change of `observed`, field by field, and
 * what others have added. Pure; neither object is changed or kept.
 */
export function diffObject(input: DiffInput): ObjectDiff {
  const { desired, observed, fieldManager } = input;
  const schema = input.schema ?? DEDUCED;
  const owners = ownersOf(observed, fieldManager);
  const rules = ignoring(input.ignore, desired);
  const changes: FieldChange[] = [];
  const result: ObjectDiff = { differs: false, changes, ignored: 0, notes: [] };

  const found: Found = (type, path, wanted, actual) => {
    const pointer = path.pointer;
    const fields = path.fields;
    const by = type === "missing" ? attributeRemoval(owners) : attribute(owners, fields);
    if (rules.hides(pointer, by?.manager)) {
      result.ignored++;
      return;
    }
    const autoscaler = type === "modified" ? scaledByAutoscaler(pointer, owners) : undefined;
    if (autoscaler !== undefined) {
      result.ignored++;
      result.notes.push(autoscaler);
      return;
    }
    const counts = type !== "added" || input.additionsCount;
    if (counts) result.differs = true;
    else if (changes.length >= MAX_CHANGES) return;
    changes.push({
      path: path.toString(),
      pointer,
      type,
      counts,
      ...(wanted !== undefined ? { desired: wanted as FieldChange["desired"] } : {}),
      ...(actual !== undefined ? { observed: actual as FieldChange["observed"] } : {}),
      ...(by ? { by } : {}),
    });
  };

  const walk = new Walk(desired.kind, owners, found);
  walkObject(walk, schema, desired, observed, owners.ours);
  additions({ schema, desired, observed, owners }, found);
  if (changes.length > MAX_CHANGES) changes.length = MAX_CHANGES;
  return result;
}

/** The parts of metadata that Git may decide; the rest is the server's. */
const METADATA = ["labels", "annotations", "finalizers", "ownerReferences"];
const SERVER_FIELDS = new Set(["apiVersion", "kind", "metadata", "status", "stringData"]);

function walkObject(
  walk: Walk,
  schema: Schema,
  desired: KubeObject,
  observed: KubeObject,
  ours: JsonMap | undefined,
) {
  walkMetadata(walk, schema, desired, observed, ours);
  const isSecret = desired.kind === "Secret" && desired.apiVersion === "v1";
  for (const name in desired) {
    if (SERVER_FIELDS.has(name) || (isSecret && name === "data")) {
      // Status is a subresource but for the few kinds whose main resource let us own it.
      if (name !== "status" || ours === undefined || !Object.hasOwn(ours, "f:status")) continue;
    }
    walkField(walk, schema, name, desired, observed, ours);
  }
  if (isSecret) {
    const data = secretData(desired);
    if (data !== undefined) walk.field(schema, "data", data, own(observed as JsonMap, "data"), ours);
  }
  if (ours === undefined) return;
  const dropped: JsonMap = {};
  for (const key in ours) {
    const name = key.slice(2);
    if (!key.startsWith("f:") || SERVER_FIELDS.has(name) || desired[name] !== undefined) continue;
    if (isSecret && desired.stringData !== undefined) continue;
    dropped[key] = ours[key] as Json;
  }
  if (Object.keys(dropped).length > 0) walk.map(schema, {}, observed as JsonMap, dropped);
}

function walkField(
  walk: Walk,
  schema: Schema,
  name: string,
  desired: KubeObject,
  observed: KubeObject,
  ours: JsonMap | undefined,
) {
  const value = desired[name];
  if (value === undefined) return;
  // The controller fills in an aggregated ClusterRole's rules from the roles it selects.
  if (name === "rules" && desired.kind === "ClusterRole" && desired.aggregationRule) return;
  walk.field(schema, name, value, own(observed as JsonMap, name), ours);
}

function walkMetadata(
  walk: Walk,
  schema: Schema,
  desired: KubeObject,
  observed: KubeObject,
  ours: JsonMap | undefined,
) {
  const metadata = schema.field("metadata") ?? DEDUCED;
  const wanted: JsonMap = {};
  for (const name of METADATA) {
    const value = own(desired.metadata as JsonMap, name);
    if (value !== undefined) wanted[name] = value;
  }
  const mine = ours && own(ours, "f:metadata");
  walk.path.enter("metadata");
  walk.map(metadata, wanted, observed.metadata as JsonMap, isMap(mine) ? mine : undefined);
  walk.path.leave();
}
