import type { Json } from "../object.ts";

/** How a scalar's text is compared: as itself, or as what the API server parses it into. */
export type ScalarType = "plain" | "quantity" | "duration" | "time" | "bytes";

/** How the API server merges and compares one value; children are resolved when first asked for. */
export interface Schema {
  /** `struct`: named fields; `map`: any keys, one element type; `any`: deduced from the value. */
  readonly shape: "struct" | "map" | "list" | "scalar" | "any";
  /** Server-side apply replaces it as a whole. */
  readonly atomic: boolean;
  /** Short name of the Go type behind a built-in schema (`Container`), for its known defaults. */
  readonly type: string;
  /** Decoded into a Go struct, which drops empty values; custom resources keep what they are given. */
  readonly typed: boolean;
  /** Unknown fields are dropped by the server. */
  readonly prunes: boolean;
  readonly scalar: ScalarType;
  /** The declared default, `undefined` where there is none. */
  readonly defaultValue: Json | undefined;
  /** A custom resource's field that keeps an explicit null, where others get their default. */
  readonly nullable: boolean;
  /** For lists: `set`, or the keys by which items are told apart. */
  readonly set: boolean;
  readonly keys: readonly string[] | undefined;
  /** The order of its items means nothing, and the server or a controller may change it. */
  readonly unordered: boolean;
  /** The schema of a field or a map's value; `undefined` where a struct has no such field. */
  field(name: string): Schema | undefined;
  /** The schema of a list's items. */
  item(): Schema;
}

/** The parts of OpenAPI v3 that decide merging and comparing; everything else is dropped on reading. */
type Raw = {
  $ref?: string;
  allOf?: Raw[];
  type?: string;
  format?: string;
  default?: Json;
  nullable?: boolean;
  properties?: { [name: string]: Raw };
  additionalProperties?: Raw | boolean;
  items?: Raw;
  "x-kubernetes-list-type"?: string;
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-map-type"?: string;
  "x-kubernetes-patch-strategy"?: string;
  "x-kubernetes-patch-merge-key"?: string;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-embedded-resource"?: boolean;
};

const KEPT = new Set([
  "$ref",
  "allOf",
  "type",
  "format",
  "default",
  "nullable",
  "properties",
  "additionalProperties",
  "items",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-map-type",
  "x-kubernetes-patch-strategy",
  "x-kubernetes-patch-merge-key",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-int-or-string",
  "x-kubernetes-embedded-resource",
]);

/** A definition's merge-relevant parts as JSON text, which is the smallest form to keep. */
export function strippedDefinition(definition: unknown): string {
  return JSON.stringify(stripSchema(definition));
}

function stripSchema(value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return {};
  const stripped: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) {
    if (!KEPT.has(key)) continue;
    if (key === "properties") stripped[key] = stripProperties(part);
    else if (key === "items" || key === "additionalProperties")
      stripped[key] = typeof part === "boolean" ? part : stripSchema(part);
    else if (key === "allOf") stripped[key] = Array.isArray(part) ? part.map(stripSchema) : [];
    else stripped[key] = part;
  }
  return stripped;
}

function stripProperties(properties: unknown): unknown {
  if (properties === null || typeof properties !== "object") return {};
  return Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, stripSchema(part)]));
}

/** Lists that Kubernetes itself reorders: Endpoints are repacked, metrics come back from older versions. */
const UNORDERED = new Set([
  "HorizontalPodAutoscalerSpec.metrics",
  "Endpoints.subsets",
  "EndpointSubset.addresses",
  "EndpointSubset.notReadyAddresses",
  "EndpointSubset.ports",
]);

/** Finds a definition by its full name. */
export type Resolve = (name: string) => Schema | undefined;

/** Go types of Kubernetes itself; a custom resource's definition never has such a name. */
const TYPED = /^io\.k8s\.(api|apimachinery|apiextensions-apiserver|kube-aggregator)\./;
const SCALARS: Record<string, ScalarType> = {
  Quantity: "quantity",
  Duration: "duration",
  Time: "time",
  MicroTime: "time",
};

/** Compiles one definition, as `strippedDefinition` wrote it. */
export function compileDefinition(name: string, text: string, resolve: Resolve): Schema {
  const typed = TYPED.test(name);
  const type = name.slice(name.lastIndexOf(".") + 1);
  if (typed && type === "RawExtension") return UNTYPED;
  if (typed && type in SCALARS) return leaf(SCALARS[type] as ScalarType);
  // Either a schema or a plain value; only the schema has anything to merge.
  if (typed && /^JSONSchemaPropsOr(Bool|Array)$/.test(type))
    return resolve(name.replace(/Or(Bool|Array)$/, "")) ?? DEDUCED;
  return compile(JSON.parse(text) as Raw, { typed, type: typed ? type : "", preserve: false, resolve });
}

type Context = { typed: boolean; type: string; preserve: boolean; resolve: Resolve };

function compile(raw: Raw, context: Context): Schema {
  const schema = compileValue(raw, context);
  return raw.nullable && !context.typed ? { ...schema, nullable: true } : schema;
}

function compileValue(raw: Raw, context: Context): Schema {
  const target = refName(raw);
  if (target !== undefined) {
    const found = context.resolve(target);
    return found ? withOverrides(found, raw) : DEDUCED;
  }
  const preserve = context.preserve || raw["x-kubernetes-preserve-unknown-fields"] === true;
  const inner = { ...context, preserve };
  if (raw.type === "array") return compileList(raw, inner);
  if (raw.type === "object" || raw.properties !== undefined || raw.additionalProperties !== undefined)
    return compileObject(raw, inner);
  if (raw.type === undefined || raw.type === "")
    return raw["x-kubernetes-int-or-string"] || raw.format === "int-or-string"
      ? leaf("plain", raw.default)
      : { ...DEDUCED, defaultValue: raw.default };
  return leaf(context.typed ? formatOf(raw) : "plain", raw.default, context.typed);
}

function formatOf(raw: Raw): ScalarType {
  return raw.format === "date-time" ? "time" : raw.format === "byte" ? "bytes" : "plain";
}

function refName(raw: Raw): string | undefined {
  const ref = raw.$ref ?? (raw.allOf?.length === 1 ? raw.allOf[0]?.$ref : undefined);
  return typeof ref === "string" ? ref.slice(ref.lastIndexOf("/") + 1) : undefined;
}

/** A reference may declare its own default and map type beside what it refers to. */
function withOverrides(found: Schema, raw: Raw): Schema {
  const mapType = raw["x-kubernetes-map-type"];
  const atomic = mapType === undefined ? found.atomic : mapType === "atomic";
  if (atomic === found.atomic && raw.default === undefined) return found;
  return Object.assign(Object.create(found) as Schema, {
    atomic,
    defaultValue: raw.default ?? found.defaultValue,
  });
}

function compileList(raw: Raw, context: Context): Schema {
  const listType = raw["x-kubernetes-list-type"];
  const strategy = raw["x-kubernetes-patch-strategy"];
  const mergeKey = raw["x-kubernetes-patch-merge-key"];
  const merges = listType === undefined && (strategy === "merge" || strategy === "merge,retainKeys");
  const keys =
    listType === "map" ? raw["x-kubernetes-list-map-keys"] : merges && mergeKey ? [mergeKey] : undefined;
  const set = listType === "set" || (merges && mergeKey === undefined);
  const { items } = raw;
  let item: Schema | undefined;
  return {
    ...BASE,
    shape: "list",
    atomic: !set && keys === undefined,
    typed: context.typed,
    defaultValue: raw.default,
    set,
    keys: keys && [...keys].sort(),
    item: () => {
      item ??= items ? compile(items, { ...context, type: "" }) : UNTYPED;
      return item;
    },
  };
}

function compileObject(raw: Raw, context: Context): Schema {
  const extra = raw.additionalProperties;
  // A Go struct without fields, such as a CRD's `subresources.status`, is no map.
  const isEmptyStruct = context.type !== "" && extra === undefined;
  const properties =
    raw.properties || isEmptyStruct ? new Map(Object.entries(raw.properties ?? {})) : undefined;
  const unknown = unknownField(extra, properties !== undefined, context);
  const fields = new Map<string, Schema>();
  // What is declared is pruned by its own schema, even inside of what keeps unknown fields.
  const inside = { ...context, type: "", preserve: false };
  return {
    ...BASE,
    shape: properties ? "struct" : "map",
    atomic: raw["x-kubernetes-map-type"] === "atomic",
    type: context.type,
    typed: context.typed,
    prunes: unknown === undefined,
    defaultValue: raw.default,
    field: (name) => {
      const known = fields.get(name);
      if (known) return known;
      const property = properties?.get(name);
      if (!property) return unknown?.();
      let field = compile(property, inside);
      if (UNORDERED.has(`${context.type}.${name}`))
        field = Object.assign(Object.create(field) as Schema, { unordered: true });
      fields.set(name, field);
      return field;
    },
  };
}

/** What a field that no property declares is compared by; `undefined` where the server drops it. */
function unknownField(
  extra: Raw["additionalProperties"],
  hasProperties: boolean,
  context: Context,
): (() => Schema) | undefined {
  if (typeof extra === "object") {
    let element: Schema | undefined;
    return () => {
      element ??= compile(extra, { ...context, type: "", preserve: false });
      return element;
    };
  }
  // A custom resource keeps scalars there, and nothing that a map would hold.
  if (extra === true) return () => (context.typed ? DEDUCED : EMPTIED);
  const keeps = context.preserve || (context.typed && !hasProperties);
  return keeps ? () => DEDUCED : undefined;
}

const BASE: Schema = {
  shape: "any",
  atomic: false,
  type: "",
  typed: false,
  prunes: false,
  scalar: "plain",
  defaultValue: undefined,
  nullable: false,
  set: false,
  keys: undefined,
  unordered: false,
  field: () => DEDUCED,
  item: () => UNTYPED,
};

/** Structured-merge-diff's deduced type: maps merge, lists are replaced. */
export const DEDUCED: Schema = BASE;
/** Structured-merge-diff's untyped type: replaced as a whole, at every depth. */
const UNTYPED: Schema = { ...BASE, atomic: true, field: () => UNTYPED, item: () => UNTYPED };
/** A value of a custom resource without a schema: the server takes everything out of maps. */
const EMPTIED: Schema = { ...BASE, prunes: true, field: () => undefined, item: () => EMPTIED };

function leaf(scalar: ScalarType, defaultValue?: Json, typed = true): Schema {
  return { ...BASE, shape: "scalar", scalar, defaultValue, typed, item: () => UNTYPED };
}
