import { expect, it } from "vitest";
import { parse } from "yaml";
import { IgnoreRule } from "../../agent/declaration.ts";
import { ignoring } from "../../agent/diff/ignore.ts";
import { ignoreSnippet, rulePointer } from "./ignore-rule.ts";

const ref = { group: "apps", version: "v1", kind: "Deployment", namespace: "shop", name: "web" };
const by = { manager: "kubectl: edit", operation: "Update" as const, who: "kubectl edit" };
const pointer = "/spec/template/spec/containers/1/image";
const ruleOf = (snippet: string) => {
  const { environments } = parse(snippet);
  expect(environments[0].name).toBe("production");
  return IgnoreRule.parse(environments[0].ignore[0]);
};
const object = (name: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "shop" },
});

it("writes values that the agent takes, and that hide this field of this object alone", () => {
  const rule = ruleOf(ignoreSnippet("production", ref, { pointer, by }, { objects: "this", what: "field" }));
  expect(ignoring([rule], object("web")).hides(pointer, "anyone")).toBe(true);
  expect(ignoring([rule], object("web")).hides("/spec/replicas", "anyone")).toBe(false);
  expect(ignoring([rule], object("other")).hides(pointer, "anyone")).toBe(false);
});

it("reaches every object of the kind, or all that a manager owns, where that is wanted", () => {
  const rule = ruleOf(
    ignoreSnippet("production", ref, { pointer, by }, { objects: "kind", what: "manager" }),
  );
  expect(ignoring([rule], object("other")).hides("/spec/replicas", by.manager)).toBe(true);
  expect(ignoring([rule], object("other")).hides("/spec/replicas", "helm")).toBe(false);
});

it("names no item of a list by its number", () => {
  expect(rulePointer(pointer)).toBe("/spec/template/spec/containers/*/image");
  expect(rulePointer("/metadata/annotations/a~1b")).toBe("/metadata/annotations/a~1b");
});

it("stays one rule whatever names hold", () => {
  const hostile = { ...ref, group: "", name: "x: {y}\n- z" };
  const rule = ruleOf(
    ignoreSnippet("production", hostile, { pointer: '/data/a"b' }, { objects: "this", what: "field" }),
  );
  expect(rule).toMatchObject({ group: "", name: hostile.name, pointers: ['/data/a"b'] });
});
