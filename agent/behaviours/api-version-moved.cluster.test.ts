import { expect, it } from "vitest";
import { deployment, manifest, openWorld } from "./test-world.ts";

const autoscaler = (version: "v1" | "v2") => {
  const cpu = { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } };
  const metrics = [{ type: "Resource", resource: cpu }];
  const target = version === "v1" ? { targetCPUUtilizationPercentage: 80 } : { metrics };
  return manifest({
    apiVersion: `autoscaling/${version}`,
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "quotes" },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "quotes" },
      ...{ minReplicas: 1, maxReplicas: 3, ...target },
    },
  });
};

it("does not prune an object whose API version moved in Git", async () => {
  const world = await openWorld();
  const revision = await world.commit({
    "app/hpa.yaml": autoscaler("v1"),
    "app/quotes.yaml": deployment("quotes"),
  });
  await world.start();
  await world.sync({ revision });
  const before = (await world.kube.get("HorizontalPodAutoscaler/quotes"))?.metadata.uid;
  expect(before).toBeTruthy();

  const sync = await world.sync({ revision: await world.commit({ "app/hpa.yaml": autoscaler("v2") }) });
  expect(sync.objects.filter(({ action }) => action === "pruned")).toEqual([]);
  expect((await world.kube.get("HorizontalPodAutoscaler/quotes"))?.metadata.uid).toBe(before);
  expect(world.resource("HorizontalPodAutoscaler/quotes")?.sync).toBe("Synced");
});
