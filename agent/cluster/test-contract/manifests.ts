import type { KubeObject } from "../../object.ts";

/** How the agent applies. */
export const MANAGER = { fieldManager: "plumbline", force: true };
/** An observer without patience. */
export const quick = { backoffMinMs: 20, backoffMaxMs: 200, forbiddenRetryMs: 100, absentRetryMs: 200 };
/** The kind that most tests use. */
export const configMaps = { group: "", version: "v1", kind: "ConfigMap" };

export const configMap = (namespace: string, name: string, data: Record<string, string>): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace },
  data,
});
/** A Namespace. */
export const namespaceOf = (name: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name },
});
/** A Deployment of one replica. */
export const deployment = (namespace: string, name: string): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "main", image: "quotes:1" }] },
    },
  },
});
/** A CustomResourceDefinition of namespaced Widgets in this group. */
export const crd = (group: string): KubeObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { kind: "Widget", plural: "widgets", singular: "widget", listKind: "WidgetList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec: { type: "object", properties: { size: { type: "integer" } } } },
          },
        },
      },
    ],
  },
});
