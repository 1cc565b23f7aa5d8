import { stringify } from "yaml";
import type { KubeObject } from "../agent/object.ts";
import { configMap, deployment, service } from "./objects.ts";

/**
 * The four objects of one environment: who it runs as, its settings, the application, and its address.
 * No replicas: then an environment has converged once its Deployment was looked at, and no scheduler, kubelet
 * or image is measured.
 */
export const environmentObjects = (namespace: string): KubeObject[] => [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "app", namespace, labels: { app: "app" } } },
  configMap(namespace, "app"),
  service(namespace, "app"),
  deployment(namespace, "app", 0),
];

/** An environment's one file; `release` is a value in its ConfigMap. */
export function environmentFile(namespace: string, release: string): string {
  const objects = environmentObjects(namespace).map((object) =>
    object.kind === "ConfigMap"
      ? { ...object, data: { ...(object.data as Record<string, string>), RELEASE: release } }
      : object,
  );
  return objects.map((object) => stringify(object)).join("---\n");
}

/** The namespaces of one round, one for each environment. */
export const namespacesOf = (round: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${round}-${String(index).padStart(4, "0")}`);
