import type { IgnoreRule } from "../declaration.ts";
import { groupVersion, type KubeObject } from "../object.ts";

/** The rules that speak of one object, ready to be asked about its fields. */
export type Ignoring = { hides(pointer: string, manager: string | undefined): boolean };

const NOTHING: Ignoring = { hides: () => false };

/** Picks the rules that match an object; a rule with neither pointers nor managers hides all of it. */
export function ignoring(rules: readonly IgnoreRule[], object: KubeObject): Ignoring {
  if (rules.length === 0) return NOTHING;
  const { group } = groupVersion(object.apiVersion);
  const { name, namespace = "" } = object.metadata;
  const matching = rules.filter(
    (rule) =>
      (rule.group === undefined || rule.group === group) &&
      (rule.kind === undefined || rule.kind === object.kind) &&
      (rule.name === undefined || rule.name === name) &&
      (rule.namespace === undefined || rule.namespace === namespace),
  );
  if (matching.length === 0) return NOTHING;
  return {
    hides: (pointer, manager) =>
      matching.some(
        (rule) =>
          (rule.pointers === undefined || rule.pointers.some((pattern) => covers(pattern, pointer))) &&
          (rule.managers === undefined || (manager !== undefined && rule.managers.includes(manager))),
      ),
  };
}

/** Whether a pointer is the pattern's field or lies beneath it; `*` stands for one segment. */
export function covers(pattern: string, pointer: string): boolean {
  const wanted = pattern.split("/");
  const given = pointer.split("/");
  return (
    given.length >= wanted.length &&
    wanted.every((segment, index) => segment === "*" || segment === given[index])
  );
}
