import { expect, test } from "vitest";
import type { KubeObject } from "../object.ts";
import {
  applySetId,
  belongsTo,
  ENVIRONMENT_LABEL,
  environmentOf,
  PART_OF_LABEL,
  withInventory,
} from "./inventory.ts";
import { keepReason, obsoleteOf } from "./prune.ts";

const configMap: KubeObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "one", namespace: "a", labels: { app: "x" } },
};
const ref = { group: "", version: "v1", kind: "ConfigMap", namespace: "a", name: "one" };
const applied = (object: KubeObject, environment = "shop") => {
  const labelled = withInventory(object, environment);
  return {
    ...labelled,
    metadata: { ...labelled.metadata, managedFields: [{ manager: "plumbline", operation: "Apply" }] },
  };
};

test("The inventory's labels are added to an object's own, within Kubernetes' limits, and the original is left alone", () => {
  const labelled = withInventory(configMap, "shop");
  expect(labelled.metadata.labels).toEqual({
    app: "x",
    [ENVIRONMENT_LABEL]: "shop",
    [PART_OF_LABEL]: applySetId("shop"),
  });
  expect(applySetId("shop")).toMatch(/^applyset-[A-Za-z0-9_-]{43}-v1$/);
  expect(applySetId("shop")).not.toBe(applySetId("shop2"));
  expect(configMap.metadata.labels).toEqual({ app: "x" });
});

test("A label that a controller copied does not make an object ours", () => {
  expect(belongsTo(withInventory(configMap, "shop"), "shop")).toBe(false);
  expect(belongsTo(applied(configMap), "shop")).toBe(true);
  expect(belongsTo(applied(configMap), "other")).toBe(false);
  expect(environmentOf(applied(configMap))).toBe("shop");
});

test("An object that only moved to another API version is not obsolete", () => {
  const other = { ...ref, name: "two" };
  expect(obsoleteOf([ref, other], [{ ...ref, version: "v2" }])).toEqual([other]);
});

const annotated = (object: KubeObject, prune: string) => ({
  ...object,
  metadata: { ...object.metadata, annotations: { "plumbline.dev/prune": prune } },
});
const namespace = { ...ref, kind: "Namespace" };
const claim = { ...ref, kind: "PersistentVolumeClaim" };
const crd = { ...ref, group: "apiextensions.k8s.io", kind: "CustomResourceDefinition" };

test.each<[KubeObject, typeof ref, string | undefined, string[]?]>([
  [applied(configMap), ref, undefined],
  [configMap, ref, "no longer labelled"],
  [applied(configMap, "other"), ref, "no longer labelled"],
  [applied(annotated(configMap, "disabled")), ref, "annotation"],
  [applied(configMap), namespace, "a Namespace is removed only where pruneKinds"],
  [applied(configMap), claim, "data would be lost"],
  [applied(configMap), claim, "data would be lost", ["Namespace"]],
  [applied(configMap), claim, undefined, ["PersistentVolumeClaim"]],
  [applied(configMap), crd, undefined, ["CustomResourceDefinition.apiextensions.k8s.io"]],
  [applied(configMap), crd, "every object of its kind", ["CustomResourceDefinition.example.com"]],
  [applied(annotated(configMap, "enabled")), namespace, undefined],
  [applied(annotated(configMap, "disabled")), namespace, "disabled", ["Namespace"]],
  [annotated(configMap, "enabled"), namespace, "no longer labelled", ["Namespace"]],
])("An object stays where it must: %#", (object, of, reason, pruneKinds) => {
  const said = keepReason(of, object, { environment: "shop", pruneKinds });
  if (reason) expect(said).toContain(reason);
  else expect(said).toBeUndefined();
});
