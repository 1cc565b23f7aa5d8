import type { FieldChange, ObjectRef } from "../../lib/protocol/object.ts";
import type { Json } from "../object.ts";
import {
  encodingOf,
  type MaskContext,
  maskAnnotations,
  maskData,
  maskSecretValue,
  scrubDeep,
} from "./object.ts";
import { hiddenPointers, isHiddenAnnotation, isSecretField } from "./sensitive.ts";

/** Masked copies of one object's changes. */
export function maskChanges(
  context: MaskContext,
  ref: ObjectRef,
  changes: readonly FieldChange[],
): FieldChange[] {
  return changes.map((change) => {
    const pointer = change.pointer.slice(1).split("/").map(unescapeSegment);
    // A secret may stand in a map's key, and so in both paths.
    const segments = pointer.map((segment) => escapeSegment(context.scrubber.scrub(segment)));
    const masked: FieldChange = {
      ...change,
      path: context.scrubber.scrub(change.path),
      pointer: `/${segments.join("/")}`,
    };
    for (const side of ["desired", "observed"] as const) {
      const value = change[side] as Json | undefined;
      if (value === undefined) continue;
      const hidden = maskAt(context, ref.kind, pointer, value);
      if (hidden !== value) {
        masked[side] = hidden as FieldChange["desired"];
        masked.masked = true;
      }
    }
    return masked;
  });
}

function maskAt(context: MaskContext, kind: string, pointer: string[], value: Json): Json {
  const { token, rules } = context;
  const [first, second, third] = pointer;
  if (first !== undefined && isSecretField(kind, first)) {
    const encoding = encodingOf(first);
    return second === undefined ? maskData(token, value, encoding) : maskSecretValue(token, value, encoding);
  }
  if (first === "metadata" && second === "annotations") {
    if (third === undefined) {
      if (value !== null && typeof value === "object" && !Array.isArray(value))
        return scrubDeep(context, maskAnnotations(context, value as { [key: string]: Json }));
    } else if (isHiddenAnnotation(third, rules)) return token(value);
  }
  for (const hidden of hiddenPointers(kind, rules)) {
    const shared = Math.min(hidden.length, pointer.length);
    if (!hidden.slice(0, shared).every((segment, index) => segment === "*" || segment === pointer[index]))
      continue;
    if (value !== null) return token(value);
  }
  return scrubDeep(context, value);
}

function unescapeSegment(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}

function escapeSegment(segment: string): string {
  return segment.replaceAll("~", "~0").replaceAll("/", "~1");
}
