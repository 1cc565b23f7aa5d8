import { isMap, type Json, type JsonMap } from "./json.ts";
import type { GoFields } from "./record-go-fields.ts";
import type { SchemaLookup } from "./schema.ts";
import type { Schema } from "./schema-shape.ts";

const TIMES = /\.(Time|MicroTime)$/;

/**
 * What an object becomes by a round trip through its Go type: embedded structs appear, nulls and empty
 * optional values vanish, required ones get their zero value, unknown fields are dropped.
 */
export class GoShape {
  readonly #lookup: SchemaLookup;
  readonly #fields: GoFields;

  constructor(lookup: SchemaLookup, fields: GoFields) {
    this.#lookup = lookup;
    this.#fields = fields;
  }

  /** Reshapes a value of a recorded type. */
  shape(value: Json | undefined, schema: Schema): Json {
    const named = this.#lookup.follow(schema);
    if (named.properties && (isMap(value) || value === undefined || value === null)) {
      return this.#struct(isMap(value) ? value : {}, named);
    }
    if (Array.isArray(value) && named.items) {
      const items = named.items;
      return value.map((item) => (item === null && !this.#isStruct(items) ? item : this.shape(item, items)));
    }
    const extra = named.additionalProperties;
    if (isMap(value) && isMap(extra)) {
      const inner = extra as Schema;
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.shape(item, inner)]));
    }
    if (value !== undefined && this.#lookup.nameOf(named)?.endsWith(".Quantity"))
      return canonicalQuantity(value);
    return value ?? null;
  }

  #struct(value: JsonMap, schema: Schema): JsonMap {
    const name = this.#lookup.nameOf(schema);
    const fields = (name && this.#fields[name]) || {};
    const out: JsonMap = {};
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      const found = Object.hasOwn(value, key) ? value[key] : undefined;
      const shaped = this.#field(found, property, fields[key] ?? "*o");
      if (shaped !== undefined) out[key] = shaped;
    }
    return out;
  }

  #field(value: Json | undefined, property: Schema, traits: string): Json | undefined {
    const named = this.#lookup.follow(property);
    const omitted = traits.includes("o");
    const isCollection = named.type === "array" || (named.type === "object" && !named.properties);
    if (value === undefined || value === null) {
      if (traits.startsWith("*") || isCollection) return omitted ? undefined : (property.default ?? null);
      const typeName = this.#lookup.nameOf(named);
      if (typeName)
        return traits.includes("z") || (named.properties && hasZero(traits))
          ? undefined
          : this.#zeroOf(named, typeName);
      return omitted ? undefined : zeroScalar(property);
    }
    const shaped = this.shape(value, property);
    if (traits.startsWith("*") || !omitted) return shaped;
    if (isCollection) return isEmpty(shaped) ? undefined : shaped;
    if (this.#lookup.nameOf(named) && named.properties) return shaped;
    return shaped === "" || shaped === 0 || shaped === false ? undefined : shaped;
  }

  #zeroOf(schema: Schema, name: string): Json | undefined {
    if (schema.properties) return this.#struct({}, schema);
    if (TIMES.test(name)) return null;
    if (name.endsWith(".Quantity")) return "0";
    if (name.endsWith(".IntOrString")) return 0;
    return null;
  }

  #isStruct(schema: Schema): boolean {
    return this.#lookup.follow(schema).properties !== undefined;
  }
}

const hasZero = (traits: string): boolean => traits.includes("z");

function zeroScalar(schema: Schema): Json {
  if (schema.type === "integer" || schema.type === "number") return 0;
  if (schema.type === "boolean") return false;
  return schema.type === "string" ? "" : null;
}

function isEmpty(value: Json): boolean {
  return Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0;
}

/** Quantities are stored in canonical form: 1000m is 1, 0.5 is 500m, 1024Mi is 1Gi. */
function canonicalQuantity(value: Json): Json {
  const parsed = /^([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/.exec(String(value));
  if (!parsed || (!parsed[2] && !parsed[3])) return value;
  const [, sign, whole = "", fraction = "", suffix = ""] = parsed;
  const digits = BigInt(`${whole}${fraction}` || "0");
  if (digits === 0n) return "0";
  const minus = sign === "-" ? "-" : "";
  if (suffix.endsWith("i")) return minus + binaryQuantity(digits, fraction.length, suffix);
  const exponents: Record<string, number> = {
    n: -9,
    u: -6,
    m: -3,
    "": 0,
    k: 3,
    M: 6,
    G: 9,
    T: 12,
    P: 15,
    E: 18,
  };
  const isScientific = /^[eE][+-]?\d+$/.test(suffix);
  let exponent = (isScientific ? Number(suffix.slice(1)) : exponents[suffix]!) - fraction.length;
  let amount = digits;
  while (amount % 10n === 0n) {
    amount /= 10n;
    exponent++;
  }
  while (exponent % 3 !== 0) {
    amount *= 10n;
    exponent--;
  }
  while (exponent > 18) {
    amount *= 10n;
    exponent--;
  }
  if (exponent < -9) return value;
  if (isScientific) return `${minus}${amount}${exponent === 0 ? "" : `e${exponent}`}`;
  const name = Object.entries(exponents).find(([, power]) => power === exponent)?.[0];
  return name === undefined ? value : `${minus}${amount}${name}`;
}

const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

function binaryQuantity(digits: bigint, decimals: number, suffix: string): string {
  const scale = 10n ** BigInt(decimals);
  const bytes = digits * 1024n ** BigInt(BINARY.indexOf(suffix));
  if (bytes % scale !== 0n) return `${(bytes * 1000n) / scale}m`;
  let amount = bytes / scale;
  let power = 0;
  while (amount % 1024n === 0n && power < BINARY.length - 1) {
    amount /= 1024n;
    power++;
  }
  return `${amount}${BINARY[power]}`;
}
