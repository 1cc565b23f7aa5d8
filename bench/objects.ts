import { stringify } from "yaml";
import { type KubeObject, refOf } from "../agent/object.ts";
import { objectKey } from "../lib/protocol/object.ts";

/** `count` believable objects of one namespace: two fifths ConfigMaps, then as many Deployments as Services. */
export function sampleObjects(namespace: string, count: number): KubeObject[] {
  const pairs = Math.round(count * 0.3);
  return [
    ...Array.from({ length: count - 2 * pairs }, (_, index) => configMap(namespace, `settings-${index}`)),
    ...Array.from({ length: pairs }, (_, index) => deployment(namespace, `app-${index}`)),
    ...Array.from({ length: pairs }, (_, index) => service(namespace, `app-${index}`)),
  ];
}

/** One file for each fifty objects, by name: what a repository of this size may look like. */
export function asFiles(objects: readonly KubeObject[]): Record<string, string> {
  const files: Record<string, string> = {};
  for (let start = 0; start < objects.length; start += 50) {
    const documents = objects.slice(start, start + 50).map((object) => stringify(object));
    files[`objects-${String(start / 50).padStart(3, "0")}.yaml`] = documents.join("---\n");
  }
  return files;
}

/** Where the API serves one of the sample objects. */
export function pathOf({ kind, metadata }: KubeObject): string {
  const base = kind === "Deployment" ? "/apis/apps/v1" : "/api/v1";
  return `${base}/namespaces/${metadata.namespace}/${kind.toLowerCase()}s/${metadata.name}`;
}

/** The identity that verdicts carry. */
export const keyOf = (object: KubeObject): string => objectKey(refOf(object));

/** A strategic merge patch that changes one field that Git sets, as a person might; `mark` ends up in it. */
export function handEdit({ kind, metadata }: KubeObject, mark: number): object {
  if (kind === "ConfigMap") return { data: { LOG_LEVEL: `by-hand-${mark}` } };
  if (kind === "Service") return { spec: { ports: [{ port: 80, name: `by-hand-${mark}` }] } };
  const container = { name: metadata.name, image: `registry.example.com/team/app:by-hand-${mark}` };
  return { spec: { template: { spec: { containers: [container] } } } };
}

/** Settings, with a text of some lines. */
export function configMap(namespace: string, name: string): KubeObject {
  const lines = Array.from({ length: 12 }, (_, index) => `feature.${index}.enabled=${index % 2 === 0}`);
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace, labels: { app: name, team: "payments" } },
    data: {
      LOG_LEVEL: "info",
      DATABASE_HOST: `${name}.database.example.com`,
      TIMEOUT_SECONDS: "30",
      "application.properties": `${lines.join("\n")}\n`,
    },
  };
}

/** An application of one container. */
export function deployment(namespace: string, name: string, replicas = 1): KubeObject {
  const labels = { app: name, team: "payments" };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels, annotations: { "example.com/owner": "payments" } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name,
              image: "registry.example.com/team/app:1.4.2",
              ports: [{ containerPort: 8080, name: "http" }],
              env: [
                { name: "LOG_LEVEL", value: "info" },
                { name: "PORT", value: "8080" },
              ],
              resources: {
                requests: { cpu: "50m", memory: "64Mi" },
                limits: { memory: "0.25Gi" },
              },
              readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 5 },
              volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
            },
          ],
          volumes: [{ name: "tmp", emptyDir: {} }],
        },
      },
    },
  };
}

/** What makes the application reachable. */
export function service(namespace: string, name: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, labels: { app: name, team: "payments" } },
    spec: { selector: { app: name }, ports: [{ name: "http", port: 80, targetPort: "http" }] },
  };
}
