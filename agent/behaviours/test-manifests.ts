/** A ConfigMap as a file in Git. */
export const configMap = (name: string, data: Record<string, string> = { color: "blue" }, metadata = {}) =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...metadata }, data });

/** Any object as a file in Git, or several as one. */
export const manifest = (...objects: object[]) =>
  objects.map((object) => JSON.stringify(object)).join("\n---\n");

/** A Deployment as a file in Git; KWOK makes its pods ready. */
export const deployment = (name: string, spec: object = {}, container: object = {}, metadata = {}) =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, ...metadata },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name, image: `${name}:1`, ...container }] },
      },
      ...spec,
    },
  });
