import {
  APPS,
  apply,
  configMap,
  container,
  create,
  DEPLOYMENT,
  deployment,
  get,
  JSON_PATCH,
  labels,
  MERGE,
  named,
  patch,
  SETTINGS,
  STRATEGIC,
  type Step,
} from "./step.ts";

/** Who owns what after which writes. */
export const ownership: Record<string, Step[]> = {
  "two appliers of different fields": [
    apply(SETTINGS, configMap({ a: "1" }), "one"),
    apply(SETTINGS, configMap({ b: "2" }), "two"),
    apply(SETTINGS, configMap({}), "one"),
    get(SETTINGS),
  ],
  "a conflict, a shared value, and force": [
    apply(SETTINGS, configMap({ a: "1", b: "1" }), "one"),
    apply(SETTINGS, configMap({ a: "2", b: "2" }), "two"),
    apply(SETTINGS, configMap({ a: "1" }), "two"),
    apply(SETTINGS, configMap({ a: "3" }), "two", "&force=true"),
    apply(SETTINGS, configMap({ a: "1", b: "1" }), "one"),
    get(SETTINGS),
  ],
  "a hand edit takes a field": [
    apply(DEPLOYMENT, deployment()),
    patch(
      DEPLOYMENT,
      { spec: { minReadySeconds: 5, template: { spec: { terminationGracePeriodSeconds: 5 } } } },
      MERGE,
      "kubectl-edit/v1",
    ),
    patch(
      DEPLOYMENT,
      { spec: { template: { spec: { containers: [{ name: "web", image: "other:2" }] } } } },
      STRATEGIC,
      "kubectl-set/v1",
    ),
    apply(DEPLOYMENT, deployment()),
    apply(DEPLOYMENT, deployment(), "plumbline", "&force=true"),
  ],
  "a dry run changes nothing": [
    apply(DEPLOYMENT, deployment(), "plumbline", "&dryRun=All"),
    get(DEPLOYMENT),
    apply(DEPLOYMENT, deployment()),
    apply(DEPLOYMENT, deployment({ minReadySeconds: 9 }), "plumbline", "&dryRun=All"),
    get(DEPLOYMENT),
  ],
  "list items come and go": [
    apply(DEPLOYMENT, deployment({}, [container, { name: "side", image: "side:1" }])),
    apply(DEPLOYMENT, deployment({}, [{ name: "third", image: "third:1" }]), "other"),
    apply(DEPLOYMENT, deployment({}, [container])),
    apply(
      DEPLOYMENT,
      deployment({}, [
        {
          ...container,
          env: [
            { name: "A", value: "1" },
            { name: "B", value: "2" },
          ],
        },
      ]),
    ),
    apply(DEPLOYMENT, deployment({}, [{ ...container, env: [{ name: "B", value: "2" }] }])),
    get(DEPLOYMENT),
  ],
  "order of list items follows the applier": [
    apply(
      DEPLOYMENT,
      deployment({}, [
        {
          ...container,
          env: [
            { name: "A", value: "1" },
            { name: "B", value: "2" },
          ],
        },
      ]),
    ),
    patch(
      DEPLOYMENT,
      [{ op: "add", path: "/spec/template/spec/containers/0/env/0", value: { name: "Z", value: "0" } }],
      JSON_PATCH,
      "hand/1",
    ),
    apply(
      DEPLOYMENT,
      deployment({}, [
        {
          ...container,
          env: [
            { name: "B", value: "2" },
            { name: "C", value: "3" },
            { name: "A", value: "1" },
          ],
        },
      ]),
    ),
  ],
  "finalizers are a set, and atomic things are whole": [
    apply(SETTINGS, configMap({}, { finalizers: ["example.com/a"] }), "one"),
    apply(SETTINGS, configMap({}, { finalizers: ["example.com/b"] }), "two"),
    apply(SETTINGS, configMap({}, { finalizers: [] }), "two"),
    apply(SETTINGS, configMap({}), "one"),
  ],
  "an update and a client that empties managedFields": [
    create("api/v1/configmaps", configMap({ a: "1" }), "first/1"),
    patch(SETTINGS, { data: { b: "2" } }, MERGE, "second/1"),
    patch(SETTINGS, { data: { a: null } }, MERGE, "second/1"),
    patch(SETTINGS, { metadata: { managedFields: [{}] } }, MERGE, "third/1"),
    patch(SETTINGS, { data: { c: "3" } }, MERGE, "fourth/1"),
    apply(SETTINGS, configMap({ c: "3" }), "fifth"),
    get(SETTINGS),
  ],
  "scaling through the scale endpoint": [
    create(
      `${APPS}/replicasets`,
      named("apps/v1", "ReplicaSet", "web", {
        spec: {
          replicas: 0,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: { nodeSelector: { never: "here" }, containers: [container] },
          },
        },
      }),
    ),
    apply(DEPLOYMENT, deployment()),
    get(`${DEPLOYMENT}/scale`),
    patch(`${DEPLOYMENT}/scale`, { spec: { replicas: 2 } }, MERGE, "kubectl/v1 (linux)"),
    get(DEPLOYMENT),
    apply(DEPLOYMENT, deployment()),
    apply(DEPLOYMENT, deployment(), "plumbline", "&force=true"),
  ],
  "kubectl's client-side apply turns into server-side apply": [
    create(
      "api/v1/configmaps?fieldManager=kubectl-client-side-apply",
      configMap(
        { a: "1" },
        {
          annotations: {
            "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({
              apiVersion: "v1",
              kind: "ConfigMap",
              metadata: { name: "settings" },
              data: { a: "1" },
            }),
          },
        },
      ),
    ),
    apply(SETTINGS, configMap({ a: "2" }), "kubectl"),
    apply(SETTINGS, configMap({ a: "3" }), "other"),
    get(SETTINGS),
  ],
};
