import { yamlLines } from "#components/diff/yaml.ts";
import type { FieldChange, ObjectRef } from "#lib/protocol/object.ts";

/** How far a rule reaches: one object or every one of its kind; the field, or all that a field manager owns. */
export type IgnoreScope = { objects: "this" | "kind"; what: "field" | "manager" };

/**
 * The pointer of a rule for a field: items of a list are named by no number in Git, and move, so that `*` stands
 * for them.
 */
export function rulePointer(pointer: string): string {
  return pointer
    .split("/")
    .map((segment) => (/^\d+$/.test(segment) ? "*" : segment))
    .join("/");
}

/** The lines of Helm values that hide a field, as they stand in the agent's release. */
export function ignoreSnippet(
  environment: string,
  ref: ObjectRef,
  change: Pick<FieldChange, "pointer" | "by">,
  scope: IgnoreScope,
): string {
  const text = (value: string) =>
    value.includes("\n") ? JSON.stringify(value) : (yamlLines(value)[0] ?? "");
  const rule = [
    `kind: ${text(ref.kind)}`,
    `group: ${text(ref.group)}`,
    ...(scope.objects === "this"
      ? [`name: ${text(ref.name)}`, ...(ref.namespace ? [`namespace: ${text(ref.namespace)}`] : [])]
      : []),
    ...(scope.what === "manager" && change.by
      ? [`managers: [${text(change.by.manager)}]`]
      : ["pointers:", `  - ${text(rulePointer(change.pointer))}`]),
  ];
  return [
    "environments:",
    `  - name: ${text(environment)}`,
    "    # …what stands here already",
    "    ignore:",
    ...rule.map((line, index) => `      ${index === 0 ? "- " : "  "}${line}`),
    "",
  ].join("\n");
}
