import { isMap, type Json, type KubeObject } from "./json.ts";
import type { SchemaLookup } from "./schema.ts";
import type { Schema } from "./schema-shape.ts";
import type { StatusCause } from "./status.ts";

/** Checks a custom resource against its structural schema. */
export function validateCustom(object: KubeObject, schema: Schema): StatusCause[] {
  const { apiVersion: _v, kind: _k, metadata: _m, ...rest } = object;
  return check(rest, { ...schema, type: "object" }, "");
}

function check(value: Json, schema: Schema, field: string): StatusCause[] {
  if (value === null) {
    if (schema.nullable || !schema.type) return [];
    return [wrongType(value, schema, field)];
  }
  if (!hasType(value, schema)) return [wrongType(value, schema, field)];
  const causes = [...ownCauses(value, schema, field)];
  if (Array.isArray(value) && schema.items) {
    value.forEach((item, i) => {
      causes.push(...check(item, schema.items!, `${field}[${i}]`));
    });
  }
  if (isMap(value)) {
    for (const [key, item] of Object.entries(value)) {
      const property =
        schema.properties?.[key] ??
        (isMap(schema.additionalProperties) ? (schema.additionalProperties as Schema) : undefined);
      if (property) causes.push(...check(item, property, field ? `${field}.${key}` : key));
    }
  }
  return causes;
}

function hasType(value: Json, schema: Schema): boolean {
  if (schema["x-kubernetes-int-or-string"]) return typeof value === "string" || Number.isInteger(value);
  switch (schema.type) {
    case undefined:
      return true;
    case "array":
      return Array.isArray(value);
    case "object":
      return isMap(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === schema.type;
  }
}

function wrongType(value: Json, schema: Schema, field: string): StatusCause {
  const actual =
    value === null ? "null" : Array.isArray(value) ? "array" : isMap(value) ? "object" : goNumber(value);
  const message = `Invalid value: ${JSON.stringify(actual)}: ${field} in body must be of type ${schema.type}: ${JSON.stringify(actual)}`;
  return { reason: "FieldValueTypeInvalid", message, field };
}

const goNumber = (value: Json): string =>
  typeof value === "number" ? (Number.isInteger(value) ? "integer" : "number") : typeof value;

function ownCauses(value: Json, schema: Schema, field: string): StatusCause[] {
  const causes: StatusCause[] = [];
  const add = (reason: string, message: string, at = field): void => {
    causes.push({ reason, message, field: at });
  };
  for (const key of schema.required ?? []) {
    if (isMap(value) && !(key in value))
      add("FieldValueRequired", "Required value", field ? `${field}.${key}` : key);
  }
  const invalidText = (why: string): void =>
    add("FieldValueInvalid", `Invalid value: ${JSON.stringify(value)}: ${field} in body ${why}`);
  if (schema.enum && !schema.enum.includes(value)) {
    const supported = schema.enum.map((item) => JSON.stringify(item)).join(", ");
    add(
      "FieldValueNotSupported",
      `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`,
    );
  }
  if (typeof value === "number") {
    if (schema.minimum !== undefined && value < schema.minimum)
      invalidText(`should be greater than or equal to ${schema.minimum}`);
    if (schema.maximum !== undefined && value > schema.maximum)
      invalidText(`should be less than or equal to ${schema.maximum}`);
  }
  if (typeof value === "string") {
    if (schema.pattern && !new RegExp(schema.pattern).test(value))
      invalidText(`should match '${schema.pattern}'`);
    if (schema.minLength !== undefined && value.length < schema.minLength)
      invalidText(`should be at least ${schema.minLength} chars long`);
    if (schema.maxLength !== undefined && value.length > schema.maxLength)
      add("FieldValueTooLong", `Too long: may not be more than ${schema.maxLength} bytes`);
  }
  return causes;
}

/** Values of built-in objects that their type does not list; empty ones count as not set. */
export function enumCauses(object: KubeObject, schema: Schema, lookup: SchemaLookup): StatusCause[] {
  const causes: StatusCause[] = [];
  visitEnums(object, schema, lookup, "", causes);
  return causes;
}

function visitEnums(
  value: Json,
  schema: Schema,
  lookup: SchemaLookup,
  field: string,
  causes: StatusCause[],
): void {
  const named = lookup.follow(schema);
  const allowed = schema.enum ?? named.enum;
  if (allowed && typeof value === "string" && value !== "" && !allowed.includes(value)) {
    const supported = allowed.map((item) => JSON.stringify(item)).join(", ");
    const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
    causes.push({ reason: "FieldValueNotSupported", message, field });
  }
  if (Array.isArray(value) && named.items) {
    for (const [i, item] of value.entries()) visitEnums(item, named.items, lookup, `${field}[${i}]`, causes);
  }
  if (!isMap(value)) return;
  for (const [key, property] of Object.entries(named.properties ?? {})) {
    const item = value[key];
    if (item !== undefined && key !== "status") {
      visitEnums(item, property, lookup, field ? `${field}.${key}` : key, causes);
    }
  }
}
