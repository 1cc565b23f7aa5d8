import { expect, test } from "vitest";
import type { DesiredObject } from "../object.ts";
import { orderForApply } from "./index.ts";

const object = (apiVersion: string, kind: string, name = kind.toLowerCase()): DesiredObject => ({
  object: { apiVersion, kind, metadata: { name } },
});
const kinds = (waves: DesiredObject[][]) => waves.map((wave) => wave.map(({ object: { kind } }) => kind));

test("What others need comes first, and webhooks, which could stop the rest, last", () => {
  const set = [
    object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
    object("apps/v1", "Deployment"),
    object("example.com/v1", "Widget"),
    object("v1", "Service"),
    object("rbac.authorization.k8s.io/v1", "RoleBinding"),
    object("v1", "ConfigMap"),
    object("rbac.authorization.k8s.io/v1", "Role"),
    object("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    object("autoscaling/v2", "HorizontalPodAutoscaler"),
    object("v1", "ServiceAccount"),
    object("v1", "Namespace"),
  ];
  expect(kinds(orderForApply(set))).toEqual([
    ["Namespace"],
    ["CustomResourceDefinition"],
    ["ServiceAccount", "Role", "ConfigMap"],
    ["RoleBinding", "Service"],
    ["Widget"],
    ["Deployment"],
    ["HorizontalPodAutoscaler"],
    ["ValidatingWebhookConfiguration"],
  ]);
});

test("A kind is known by its group too: a foreign Namespace or Service is a custom resource", () => {
  const set = [object("serving.knative.dev/v1", "Service"), object("example.com/v1", "Namespace")];
  expect(kinds(orderForApply(set))).toEqual([["Service", "Namespace"]]);
});

test("Objects of one kind keep the order that Git gives them, and none is lost", () => {
  const set = ["b", "a", "c"].map((name) => object("v1", "ConfigMap", name));
  expect(orderForApply(set)).toEqual([set]);
  expect(orderForApply([])).toEqual([]);
});
