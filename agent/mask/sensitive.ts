import type { MaskRules } from "../declaration.ts";

/** Annotations that quote the whole object they are on. */
const QUOTING = ["kubectl.kubernetes.io/last-applied-configuration", "objectset.rio.cattle.io/applied"];

/** Whether an annotation's value never leaves the cluster. */
export function isHiddenAnnotation(name: string, rules: MaskRules): boolean {
  return (
    QUOTING.includes(name) || name.endsWith("/last-applied-configuration") || rules.annotations.includes(name)
  );
}

/** Whether a kind's objects are there to hold secret values. */
function isSecretKind(kind: string): boolean {
  return kind === "Secret";
}

/** What of a Secret is no value of it. */
const OPEN_FIELDS = new Set(["apiVersion", "kind", "metadata", "type", "immutable"]);

/** Whether a top-level field of a kind may hold secret values: of a Secret, misspelt ones may as well. */
export function isSecretField(kind: string, field: string): boolean {
  return isSecretKind(kind) && !OPEN_FIELDS.has(field);
}

/** The pointers, split into segments, that rules hide for a kind. */
export function hiddenPointers(kind: string, rules: MaskRules): string[][] {
  return rules.fields
    .filter((field) => field.kind === kind || field.kind === "*")
    .map((field) =>
      field.pointer
        .slice(1)
        .split("/")
        .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~")),
    );
}
