import {
  apply,
  configMap,
  container,
  create,
  DEPLOYMENT,
  DEPLOYMENTS,
  deployment,
  get,
  JSON_PATCH,
  labels,
  named,
  patch,
  remove,
  SETTINGS,
  STRATEGIC,
  type Step,
} from "./step.ts";

/** What is refused, in which words; and patches and deletes of every kind. */
export const refusals: Record<string, Step[]> = {
  "names, kinds and versions that do not fit": [
    create("api/v1/configmaps", configMap({}, { name: "Not_A_Name" })),
    create("api/v1/configmaps", named("v1", "ConfigMap", "")),
    create("api/v1/services", named("v1", "Service", "1web", { spec: { ports: [{ port: 80 }] } })),
    create("api/v1/configmaps", configMap({}, { namespace: "elsewhere" })),
    create(DEPLOYMENTS, configMap({})),
    apply(SETTINGS, configMap({}, { name: "another" })),
    apply(SETTINGS, deployment()),
    apply(SETTINGS, configMap({}), ""),
    get("api/v1/configmaps/none"),
    get("api/v1/nothings"),
    remove("api/v1/configmaps/none"),
    patch("api/v1/configmaps/none", { data: {} }),
  ],
  "values that their type does not list": [
    create(
      "api/v1/services",
      named("v1", "Service", "web", { spec: { type: "Nowhere", ports: [{ port: 80 }] } }),
    ),
    create(DEPLOYMENTS, deployment({}, [{ ...container, imagePullPolicy: "Sometimes" }])),
  ],
  "create twice": [create("api/v1/configmaps", configMap({})), create("api/v1/configmaps", configMap({}))],
  "optimistic concurrency": [
    create("api/v1/configmaps", configMap({ a: "1" })),
    patch(SETTINGS, { metadata: { resourceVersion: "1" }, data: { a: "2" } }),
    {
      verb: "PUT",
      path: SETTINGS,
      body: configMap({ a: "2" }, { resourceVersion: "1" }),
      userAgent: "put/1",
    },
    { verb: "PUT", path: SETTINGS, body: configMap({ a: "2" }), userAgent: "put/1" },
    remove(SETTINGS, { preconditions: { uid: "not-this-one" } }),
    remove(SETTINGS),
    get(SETTINGS),
  ],
  "fields that do not exist": [
    create(`${DEPLOYMENTS}?fieldValidation=Strict`, deployment({ replica: 1 })),
    create(
      `${DEPLOYMENTS}?fieldValidation=Strict`,
      '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"paused":true,"paused":false}}',
    ),
    create(`${DEPLOYMENTS}?fieldValidation=Ignore&dryRun=All`, deployment({ replica: 1 })),
    apply(DEPLOYMENT, deployment({ replica: 1 })),
    apply(DEPLOYMENT, deployment({}, [container, container])),
    apply(DEPLOYMENT, deployment({ replicas: "three" })),
    create(DEPLOYMENTS, deployment({ replicas: "three" })),
    create(DEPLOYMENTS, deployment()),
    patch(`${DEPLOYMENT}?fieldValidation=Strict`, { spec: { replica: 2 } }),
    patch(DEPLOYMENT, { spec: { replicas: -1 } }),
  ],
  "what validation refuses": [
    create(
      DEPLOYMENTS,
      named("apps/v1", "Deployment", "web", {
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels: { app: "other" } }, spec: { containers: [container] } },
        },
      }),
    ),
    create(DEPLOYMENTS, deployment({}, [])),
    create(DEPLOYMENTS, deployment()),
    patch(DEPLOYMENT, {
      spec: {
        selector: { matchLabels: { app: "changed" } },
        template: { metadata: { labels: { app: "changed" } } },
      },
    }),
    create("api/v1/configmaps", named("v1", "ConfigMap", "settings", { data: { a: "1" }, immutable: true })),
    patch(SETTINGS, { data: { a: "2" } }),
    create(
      "apis/rbac.authorization.k8s.io/v1/rolebindings",
      named("rbac.authorization.k8s.io/v1", "RoleBinding", "b", {
        roleRef: { kind: "Role", name: "a", apiGroup: "rbac.authorization.k8s.io" },
      }),
    ),
    patch("apis/rbac.authorization.k8s.io/v1/rolebindings/b", { roleRef: { name: "c" } }),
  ],
  deletes: [
    create("api/v1/configmaps", configMap({}, { finalizers: ["example.com/hold"] })),
    remove(SETTINGS),
    get(SETTINGS),
    patch(SETTINGS, { metadata: { finalizers: null } }),
    get(SETTINGS),
    create(
      "api/v1/services",
      named("v1", "Service", "web", { spec: { clusterIP: "None", selector: labels } }),
    ),
    remove("api/v1/services/web"),
  ],
  "patches of every kind": [
    create(
      DEPLOYMENTS,
      deployment({}, [container, { name: "side", image: "side:1", env: [{ name: "A", value: "1" }] }]),
    ),
    patch(
      DEPLOYMENT,
      { spec: { template: { spec: { containers: [{ name: "side", env: [{ name: "B", value: "2" }] }] } } } },
      STRATEGIC,
    ),
    patch(
      DEPLOYMENT,
      { spec: { template: { spec: { containers: [{ name: "web", $patch: "delete" }] } } } },
      STRATEGIC,
    ),
    patch(DEPLOYMENT, { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } }, STRATEGIC),
    patch(
      DEPLOYMENT,
      [
        { op: "replace", path: "/spec/replicas", value: 0 },
        { op: "test", path: "/spec/paused", value: true },
        { op: "add", path: "/metadata/labels", value: { a: "b" } },
      ],
      JSON_PATCH,
    ),
    patch(DEPLOYMENT, [{ op: "remove", path: "/spec/none" }], JSON_PATCH),
    patch(DEPLOYMENT, { metadata: { labels: { a: null }, annotations: { c: "d" } } }),
    patch(DEPLOYMENT, {}, "application/unheard-of"),
  ],
};
