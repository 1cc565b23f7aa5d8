import { expect, test } from "vitest";
import type { Json, KubeObject } from "../object.ts";
import { ownersSentence, takenFields, tookSentence } from "./taken-fields.ts";

type Fields = { [key: string]: Json };
const entry = (manager: string, fieldsV1: Fields, more: Fields = {}) => ({
  ...{ manager, operation: "Update", apiVersion: "apps/v1", fieldsType: "FieldsV1" },
  fieldsV1,
  ...more,
});
const object = (...managedFields: Fields[]): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "quotes", namespace: "shop", managedFields },
});
const ours = entry("plumbline", { "f:spec": { "f:paused": {} } }, { operation: "Apply" });

test("A field that leaves another manager's set is taken from it, and what stays shared is not", () => {
  const before = object(ours, entry("kubectl-edit", { "f:spec": { "f:replicas": {}, "f:paused": {} } }));
  const after = object(ours, entry("kubectl-edit", { "f:spec": { "f:paused": {} } }));
  expect(takenFields(before, after)).toEqual([{ manager: "kubectl-edit", fields: ["spec.replicas"] }]);
  expect(takenFields(before, before)).toEqual([]);
});

test("A manager that is left with nothing has lost all it had", () => {
  const before = object(entry("helm", { "f:data": { "f:a": {}, "f:b": {} } }));
  expect(takenFields(before, object(ours))).toEqual([{ manager: "helm", fields: ["data.a", "data.b"] }]);
});

test("Items of lists and keys with dots are written as people know them", () => {
  const container = { 'k:{"name":"quotes"}': { ".": {}, "f:image": {}, "f:name": {} } };
  const left = { 'k:{"name":"quotes"}': { ".": {}, "f:name": {} } };
  const spec = (containers: Fields) => ({ "f:template": { "f:spec": { "f:containers": containers } } });
  const before = object(
    entry("kubectl-set", {
      "f:metadata": { "f:labels": { "f:app.kubernetes.io/name": {} } },
      "f:spec": spec(container),
    }),
  );
  const after = object(entry("kubectl-set", { "f:spec": spec(left) }));
  expect(takenFields(before, after)).toEqual([
    {
      manager: "kubectl-set",
      fields: [
        'metadata.labels["app.kubernetes.io/name"]',
        "spec.template.spec.containers[name=quotes].image",
      ],
    },
  ]);
});

test("Our own fields are never taken from us, and a subresource is told apart", () => {
  const scale = entry("kubectl", { "f:spec": { "f:replicas": {} } }, { subresource: "scale" });
  const before = object(ours, scale);
  expect(takenFields(before, object())).toEqual([{ manager: "kubectl (scale)", fields: ["spec.replicas"] }]);
});

test("What is taken is said in one sentence; back only where it had been ours", () => {
  const taken = [
    { manager: "kubectl-edit", fields: ["spec.paused", "spec.replicas"] },
    { manager: "helm", fields: ["data.a", "data.b", "data.c", "data.d", "data.e", "data.f"] },
  ];
  expect(tookSentence(taken.slice(0, 1), object(ours))).toBe(
    "Took spec.paused and spec.replicas back from kubectl-edit.",
  );
  expect(tookSentence(taken, object())).toBe(
    "Took spec.paused and spec.replicas from kubectl-edit, and data.a, data.b, data.c, data.d, data.e and 1 more from helm.",
  );
  expect(ownersSentence(taken.slice(0, 1))).toBe("spec.paused and spec.replicas (kubectl-edit)");
});

test("Bookkeeping that is not what it should be takes nothing from anyone", () => {
  const odd = object(entry("x", { "f:spec": null, "k:{broken": {}, "": {} }), null as unknown as Fields);
  expect(() => takenFields(odd, object())).not.toThrow();
  expect(takenFields({ ...odd, metadata: { name: "a" } }, object())).toEqual([]);
});
