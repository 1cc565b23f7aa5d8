/** A custom kind of one test's own, with these fields in its spec. */
export function widgets(suffix: string) {
  const group = `${suffix.replace(/[^a-z0-9]/g, "x")}.example.com`;
  return {
    group,
    crd: (...fields: string[]) => ({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `widgets.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
        versions: [
          { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schemaOf(fields) } },
        ],
      },
    }),
    widget: (spec: object, metadata = {}) => ({
      apiVersion: `${group}/v1`,
      kind: "Widget",
      metadata: { name: "one", ...metadata },
      spec,
    }),
  };
}

const schemaOf = (fields: string[]) => ({
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: Object.fromEntries(fields.map((field) => [field, { type: "string" }])),
    },
  },
});
