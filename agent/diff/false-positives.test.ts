import { describe, expect, it } from "vitest";
import type { Json, KubeObject } from "../object.ts";
import { diff, live, object, ours } from "./test-fixtures.ts";

const same = (desired: KubeObject, observed: KubeObject) =>
  expect(diff(desired, observed).changes).toEqual([]);

describe("what a real API server made of an object does not differ from it", () => {
  it.each(live.map((pair) => [`${pair.desired.kind} ${pair.desired.metadata.name}`, pair] as const))(
    "%s",
    (_, { desired, observed }) => {
      expect(diff(desired, observed).changes.filter(({ counts }) => counts)).toEqual([]);
      expect(diff(observed, observed).differs).toBe(false);
    },
  );
});

describe("the known false positives", () => {
  const pod = (spec: { [key: string]: Json }, metadata: { [key: string]: Json } = {}) =>
    object("apps/v1", "Deployment", { spec: { template: { metadata, spec } } });

  it("a null creationTimestamp", () => {
    same(
      object("apps/v1", "Deployment", {
        metadata: { creationTimestamp: null },
        spec: { template: { metadata: { creationTimestamp: null, labels: { a: "b" } } } },
      }),
      object("apps/v1", "Deployment", {
        metadata: { creationTimestamp: "2026-01-01T00:00:00Z" },
        spec: { template: { metadata: { labels: { a: "b" } } } },
      }),
    );
  });

  it("stringData against data, where stringData wins", () => {
    same(
      object("v1", "Secret", { data: { a: "b2xk" }, stringData: { a: "new", b: "x" } }),
      object("v1", "Secret", { data: { a: "bmV3", b: "eA==" }, type: "Opaque" }),
    );
    const changed = diff(
      object("v1", "Secret", { stringData: { a: "new" } }),
      object("v1", "Secret", { data: { a: "b2xk" } }),
    );
    expect(changed.changes).toMatchObject([{ pointer: "/data/a", type: "modified" }]);
  });

  it("empty annotations, and empty against absent lists and maps of built-in kinds", () => {
    same(
      object("v1", "ConfigMap", { metadata: { annotations: {}, labels: {} }, data: {}, binaryData: null }),
      object("v1", "ConfigMap", {}),
    );
    same(
      pod({ containers: [{ name: "a", args: [], env: [], command: null }] }),
      pod({ containers: [{ name: "a" }] }),
    );
  });

  it("a committed status", () => {
    same(
      object("apps/v1", "Deployment", { status: { replicas: 7 } }),
      object("apps/v1", "Deployment", { status: { replicas: 1, availableReplicas: 1 } }),
    );
  });

  it("the order of Endpoints' subsets, addresses and ports", () => {
    const subset = (addresses: string[], ports: Json[]) => ({
      addresses: addresses.map((ip) => ({ ip })),
      ports,
    });
    same(
      object("v1", "Endpoints", {
        subsets: [
          subset(
            ["10.0.0.2", "10.0.0.1"],
            [
              { name: "b", port: 2 },
              { name: "a", port: 1 },
            ],
          ),
          subset(["10.0.0.3"], [{ name: "c", port: 3 }]),
        ],
      }),
      object("v1", "Endpoints", {
        subsets: [
          subset(["10.0.0.3"], [{ name: "c", port: 3, protocol: "TCP" }]),
          subset(
            ["10.0.0.1", "10.0.0.2"],
            [
              { name: "a", port: 1, protocol: "TCP" },
              { name: "b", port: 2, protocol: "TCP" },
            ],
          ),
        ],
      }),
    );
  });

  it("aggregated and empty ClusterRole rules", () => {
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] };
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
    const role = (rest: { [key: string]: Json }) =>
      object("rbac.authorization.k8s.io/v1", "ClusterRole", rest);
    same(role({ aggregationRule, rules: [] }), role({ aggregationRule, rules }));
    same(role({ aggregationRule }), role({ aggregationRule, rules }));
    same(role({ rules: [] }), role({ rules: null }));
    same(role({ rules: null }), role({}));
    expect(diff(role({ rules: [] }), role({ rules })).differs).toBe(true);
  });

  it("defaults in volumeClaimTemplates", () => {
    const set = (template: Json) =>
      object("apps/v1", "StatefulSet", { spec: { volumeClaimTemplates: [template] } });
    const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } };
    same(
      set({ metadata: { name: "data" }, spec }),
      set({
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data", creationTimestamp: null },
        spec: { ...spec, resources: { requests: { storage: "1Gi" } }, volumeMode: "Filesystem" },
        status: { phase: "Pending" },
      }),
    );
    expect(
      diff(set({ metadata: { name: "data" }, spec }), set({ metadata: { name: "other" }, spec })).differs,
    ).toBe(true);
  });

  it("100m against 0.1, 1Gi against 1073741824, and numbers against text", () => {
    const limits = (values: { [key: string]: Json }) =>
      pod({ containers: [{ name: "a", resources: { limits: values } }] });
    same(limits({ cpu: 0.1, memory: "1Gi" }), limits({ cpu: "100m", memory: "1073741824" }));
    same(limits({ cpu: "1e3", memory: "1.5Gi" }), limits({ cpu: "1k", memory: "1536Mi" }));
    expect(diff(limits({ cpu: "101m" }), limits({ cpu: "0.1" })).differs).toBe(true);
  });

  it("a webhook's caBundle filled in by an injector", () => {
    const hook = (clientConfig: { [key: string]: Json }) =>
      object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", {
        webhooks: [{ name: "a.example.com", clientConfig }],
      });
    for (const caBundle of ["", "Cg==", null])
      same(hook({ caBundle }), hook({ caBundle: "LS0tLS1CRUdJTg==" }));
    same(hook({ url: "https://a" }), hook({ url: "https://a", caBundle: "LS0tLS1CRUdJTg==" }));
    expect(diff(hook({ caBundle: "QUJD" }), hook({ caBundle: "REVG" })).differs).toBe(true);
  });

  it("the order of a HorizontalPodAutoscaler's metrics", () => {
    const metric = (name: string): Json => ({
      type: "Resource",
      resource: { name, target: { type: "Utilization", averageUtilization: 70 } },
    });
    const autoscaler = (metrics: Json[]) =>
      object("autoscaling/v2", "HorizontalPodAutoscaler", { spec: { maxReplicas: 3, metrics } });
    same(autoscaler([metric("memory"), metric("cpu")]), autoscaler([metric("cpu"), metric("memory")]));
    expect(diff(autoscaler([metric("memory")]), autoscaler([metric("cpu")])).differs).toBe(true);
  });

  it("the default protocol of container ports, in their keys too", () => {
    const ports = (list: Json[]) => pod({ containers: [{ name: "a", ports: list }] });
    same(
      ports([{ containerPort: 53 }, { containerPort: 53, protocol: "UDP" }]),
      ports([
        { containerPort: 53, protocol: "TCP" },
        { containerPort: 53, protocol: "UDP" },
      ]),
    );
  });

  it("a Service's clusterIP and nodePort", () => {
    const service = (spec: { [key: string]: Json }) => object("v1", "Service", { spec });
    same(
      service({ clusterIP: "", clusterIPs: [], ports: [{ port: 80, nodePort: 0 }] }),
      service({
        clusterIP: "10.0.0.9",
        clusterIPs: ["10.0.0.9"],
        ports: [{ port: 80, nodePort: 31000, protocol: "TCP", targetPort: 80 }],
      }),
    );
    expect(diff(service({ clusterIP: "None" }), service({ clusterIP: "10.0.0.9" })).differs).toBe(true);
  });

  it("the defaults of a CustomResourceDefinition's conversion", () => {
    const definition = (spec: { [key: string]: Json }) =>
      object("apiextensions.k8s.io/v1", "CustomResourceDefinition", { spec });
    same(
      definition({ preserveUnknownFields: false, names: { kind: "A", plural: "as" } }),
      definition({
        names: { kind: "A", plural: "as", singular: "a", listKind: "AList" },
        conversion: { strategy: "None" },
      }),
    );
  });

  it("what is worked out from the fields beside it, named null or once set", () => {
    const policy = (spec: { [key: string]: Json }) =>
      object("networking.k8s.io/v1", "NetworkPolicy", { spec: { podSelector: {}, egress: [{}], ...spec } });
    same(policy({ policyTypes: null }), policy({ policyTypes: ["Ingress", "Egress"] }));
    const pod = (volume: { [key: string]: Json }) =>
      object("v1", "Pod", {
        metadata: {
          managedFields: [
            ours({
              "f:spec": { "f:volumes": { 'k:{"name":"tmp"}': { ".": {}, "f:name": {}, "f:emptyDir": {} } } },
            }),
          ],
        },
        spec: { volumes: [{ name: "tmp", ...volume }] },
      });
    same(pod({}), pod({ emptyDir: {} }));
    const controller = (spec: { [key: string]: Json }) =>
      object("v1", "ReplicationController", {
        metadata: { managedFields: [ours({ "f:spec": { "f:selector": {} } })] },
        spec: { template: { metadata: { labels: { a: "b" } } }, ...spec },
      });
    same(controller({}), controller({ selector: { a: "b" } }));
  });

  it("fields that the schema prunes", () => {
    same(
      object("referee.example.com/v1", "Widget", {
        spec: { size: 1, unheardOf: { a: 1 }, rules: [{ a: "1", b: "x", nor: "this" }] },
      }),
      object("referee.example.com/v1", "Widget", { spec: { size: 1, rules: [{ a: "1", b: "x" }] } }),
    );
    same(
      object("v1", "ConfigMap", { spec: { a: 1 }, data: { a: "1" } }),
      object("v1", "ConfigMap", { data: { a: "1" } }),
    );
  });

  it("an implied namespace", () => {
    const { namespace: _, ...metadata } = object("v1", "ConfigMap", {}).metadata;
    same({ apiVersion: "v1", kind: "ConfigMap", metadata }, object("v1", "ConfigMap", {}));
  });
});
