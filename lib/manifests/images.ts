/** One container of a workload, by its name, and the image that it runs. */
export type ContainerImage = { container: string; image: string };

/** Kinds of objects whose manifests say which images run. */
export const WORKLOAD_KINDS = [
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "CronJob",
  "Job",
  "Pod",
  "Rollout",
];

const mostContainers = 50;
const longest = 1024;

type Json = Record<string, unknown>;
const at = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json)[key] : undefined;

/** The images of a manifest's containers, in their order; empty where it runs none, or is not what it should be. */
export function imagesIn(manifest: unknown): ContainerImage[] {
  if (!WORKLOAD_KINDS.includes(String(at(manifest, "kind")))) return [];
  const spec = at(manifest, "spec");
  const template = at(spec, "template") ?? at(at(at(spec, "jobTemplate"), "spec"), "template");
  const containers = at(template === undefined ? spec : at(template, "spec"), "containers");
  if (!Array.isArray(containers)) return [];
  return containers.slice(0, mostContainers).flatMap((one) => {
    const [container, image] = [at(one, "name"), at(one, "image")];
    if (typeof container !== "string" || typeof image !== "string" || image === "") return [];
    return { container: container.slice(0, longest), image: image.slice(0, longest) };
  });
}
