import { deployment } from "./test-manifests.ts";
import type { World } from "./test-world.ts";

/** A Deployment that stays unhealthy until `allow`: it asks for a node that there is not. */
export function patientDeployment(world: World, name: string) {
  const label = `plumbline-test/${world.suffix}-${name}`;
  const template = (image: string) => ({
    metadata: { labels: { app: name } },
    spec: { nodeSelector: { [label]: "yes" }, containers: [{ name, image }] },
  });
  return {
    file: (image = `${name}:1`) => deployment(name, { template: template(image) }),
    /** From now on there is such a node. */
    async allow(): Promise<void> {
      const type = await world.kube.cluster.resourceFor({ group: "", version: "v1", kind: "Node" });
      if (!type) throw new Error("The test's cluster serves no nodes.");
      const [node] = await world.kube.cluster.list(type);
      await world.kube.patch(`Node/${node?.metadata.name}`, { metadata: { labels: { [label]: "yes" } } });
    },
  };
}
