import { Buffer } from "node:buffer";
import type { MaskRules } from "../declaration.ts";
import type { Json, KubeObject } from "../object.ts";
import type { Scrubber } from "./scrubber.ts";
import { hiddenPointers, isHiddenAnnotation, isSecretField } from "./sensitive.ts";
import type { Token } from "./token.ts";

/** What masking needs. */
export type MaskContext = { token: Token; rules: MaskRules; scrubber: Scrubber };

/** Nothing is nested more deeply in what is shown. */
const DEEPEST = 200;
const TOKEN = /^••• [0-9a-f]{8}$/;

type JsonMap = { [key: string]: Json };

/** A copy of an object with its secret values replaced by tokens and scrubbed out of everything else. */
export function maskObject(context: MaskContext, object: KubeObject): KubeObject {
  const { rules, scrubber, token } = context;
  scrubber.learn(object, rules);
  if (scrubber.knowsNothing && !holdsHidden(object, rules) && !isDeeper(object as Json, DEEPEST))
    return object;
  const masked: KubeObject = { ...object, metadata: { ...object.metadata } };
  for (const [field, value] of Object.entries(object))
    if (isSecretField(object.kind, field))
      set(masked as JsonMap, field, maskData(token, value as Json, encodingOf(field)));
  const { annotations } = masked.metadata;
  if (isMap(annotations)) masked.metadata.annotations = maskAnnotations(context, annotations);
  for (const pointer of hiddenPointers(object.kind, rules)) hide(context, masked as JsonMap, pointer);
  const scrubbed = scrubDeep(context, masked as JsonMap) as KubeObject;
  // An object's name stands in every reference to it; hiding it here would hide nothing.
  return {
    ...scrubbed,
    ...identity(object),
    metadata: { ...scrubbed.metadata, ...identity(object.metadata) },
  };
}

/** Whether something is hidden in an object for where it stands, be it known or not. */
function holdsHidden({ kind, metadata, ...rest }: KubeObject, rules: MaskRules): boolean {
  const names = isMap(metadata?.annotations) ? Object.keys(metadata.annotations) : [];
  return (
    Object.keys(rest).some((field) => isSecretField(kind, field)) ||
    names.some((name) => isHiddenAnnotation(name, rules)) ||
    hiddenPointers(kind, rules).length > 0
  );
}

function isDeeper(value: Json | undefined, depth: number): boolean {
  if (value === null || typeof value !== "object") return false;
  if (depth < 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, depth - 1));
  for (const key in value) if (isDeeper(value[key], depth - 1)) return true;
  return false;
}

function identity<T extends object>(holder: T): Partial<T> {
  const names = ["apiVersion", "kind", "name", "namespace"].filter((name) => Object.hasOwn(holder, name));
  return Object.fromEntries(names.map((name) => [name, holder[name as keyof T]])) as Partial<T>;
}

/** How a Secret's field writes its values. */
export const encodingOf = (field: string): "base64" | "utf8" => (field === "data" ? "base64" : "utf8");

/** Tokens of the decoded bytes, so that data and stringData of one value look the same. */
export function maskData(token: Token, data: Json, encoding: "base64" | "utf8"): Json {
  if (!isMap(data)) return data === null ? null : maskSecretValue(token, data, encoding);
  return mapValues(data, (value) => maskSecretValue(token, value, encoding));
}

/** One secret value's token. */
export function maskSecretValue(token: Token, value: Json, encoding: "base64" | "utf8"): Json {
  return typeof value === "string" ? token(Buffer.from(value, encoding).toString("latin1")) : token(value);
}

/** Annotations with the hidden ones replaced. */
export function maskAnnotations(context: MaskContext, annotations: JsonMap): Record<string, string> {
  return mapValues(annotations, (value, name) =>
    isHiddenAnnotation(name, context.rules) ? context.token(value) : value,
  ) as Record<string, string>;
}

/** Replaces what stands at a pointer, copying the way down to it. */
function hide(context: MaskContext, parent: JsonMap | Json[], [segment, ...rest]: string[]): void {
  if (segment === undefined) return;
  const holder = parent as JsonMap;
  for (const key of segment === "*" ? Object.keys(holder) : [segment]) {
    if (!Object.hasOwn(holder, key)) continue;
    const value = holder[key] as Json;
    if (rest.length === 0) {
      if (value === null) continue;
      context.scrubber.add(typeof value === "string" ? value : "");
      set(holder, key, context.token(value));
    } else if (value !== null && typeof value === "object") {
      const copy = Array.isArray(value) ? [...value] : mapValues(value as JsonMap, (one) => one);
      set(holder, key, copy);
      hide(context, copy, rest);
    }
  }
}

/** Scrubs every string; what holds none to scrub is shared with the original. */
export function scrubDeep(context: MaskContext, value: Json, depth = 0): Json {
  if (typeof value === "string") return TOKEN.test(value) ? value : context.scrubber.scrub(value);
  if (value === null || typeof value !== "object") return value;
  if (depth > DEEPEST) return "••• (nested too deeply)";
  if (Array.isArray(value)) {
    const scrubbed = value.map((item) => scrubDeep(context, item, depth + 1));
    return scrubbed.some((item, index) => item !== value[index]) ? scrubbed : value;
  }
  const map = value as JsonMap;
  let changed = false;
  const copy: JsonMap = {};
  for (const key of Object.keys(map)) {
    const name = context.scrubber.scrub(key);
    const scrubbed = scrubDeep(context, map[key] as Json, depth + 1);
    if (name !== key || scrubbed !== map[key]) changed = true;
    set(copy, name, scrubbed);
  }
  return changed ? copy : map;
}

function mapValues(map: JsonMap, change: (value: Json, key: string) => Json): JsonMap {
  const result: JsonMap = {};
  for (const key of Object.keys(map)) set(result, key, change(map[key] as Json, key));
  return result;
}

/** Assigning to `__proto__` would lose it. */
function set(map: JsonMap, key: string, value: Json): void {
  if (key === "__proto__")
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  else map[key] = value;
}

function isMap(value: unknown): value is JsonMap {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
