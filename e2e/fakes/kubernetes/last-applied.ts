import { isMap, type Json, type JsonMap, mapAt, textAt } from "./json.ts";
import type { TypeRef } from "./structured-merge/atoms.ts";
import { compare } from "./structured-merge/compare.ts";
import { FieldSet } from "./structured-merge/field-set.ts";
import { fieldsOf } from "./structured-merge/fields-of.ts";

/** The field manager whose server-side apply continues its own client-side apply. */
export const KUBECTL = "kubectl";
/** Where client-side apply remembers what it applied. */
export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Fields client-side apply has set and that still have its values. */
export function lastAppliedFields(live: JsonMap, type: TypeRef): FieldSet {
  const text = textAt(live, "metadata", "annotations", LAST_APPLIED);
  if (!text) return new FieldSet();
  let applied: Json;
  try {
    applied = JSON.parse(text) as Json;
  } catch {
    return new FieldSet();
  }
  if (!isMap(applied) || applied.apiVersion !== live.apiVersion) return new FieldSet();
  const { added, modified, removed } = compare(applied, live, type);
  return fieldsOf(applied, type).difference(modified).difference(added).difference(removed);
}

/** What server-side apply by kubectl writes into that annotation. */
export function lastAppliedText(config: JsonMap): string {
  const annotations = mapAt(config, "metadata", "annotations");
  if (!annotations?.[LAST_APPLIED]) return `${JSON.stringify(sorted(config))}\n`;
  const { [LAST_APPLIED]: _, ...others } = annotations;
  const metadata = { ...mapAt(config, "metadata"), annotations: others };
  return `${JSON.stringify(sorted({ ...config, metadata }))}\n`;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key]!)]));
}
