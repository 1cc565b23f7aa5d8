import { expect, it } from "vitest";
import { configMap, deployment, eventually, openWorld } from "./test-world.ts";

it("leaves replicas to the autoscaler where Git does not name them", async () => {
  const world = await openWorld();
  await world.begin({ "app/quotes.yaml": deployment("quotes", { replicas: undefined }) });

  const scaled = { manager: "kube-controller-manager", subresource: "scale" };
  await world.kube.patch("Deployment/quotes", { spec: { replicas: 3 } }, scaled);
  await eventually(async () => {
    const status = (await world.kube.get("Deployment/quotes"))?.status as { readyReplicas?: number };
    return status?.readyReplicas === 3;
  });
  await world.follow({ "app/other.yaml": configMap("other") });
  expect((await world.kube.get("Deployment/quotes"))?.spec).toMatchObject({ replicas: 3 });
  expect(world.resource("Deployment/quotes")).toMatchObject({ sync: "Synced", changes: [] });
  expect(world.syncs().filter(({ trigger }) => trigger === "drift")).toEqual([]);
});
