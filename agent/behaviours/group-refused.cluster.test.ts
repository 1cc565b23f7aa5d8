import { expect, it } from "vitest";
import { configMap, deployment, messageOf, openWorld, outcomeOf } from "./test-world.ts";

it("applies nothing when the API server refuses one object of the group, and says which and why", async () => {
  const world = await openWorld();
  const revision = await world.commit({
    "app/a.yaml": configMap("a"),
    "app/broken.yaml": deployment("broken", { replicas: -1 }),
  });
  await world.start();
  const sync = await world.sync({ revision, outcome: "refused" });
  expect(outcomeOf(sync, "Deployment/broken")).toBe("failed");
  expect(messageOf(sync, "Deployment/broken")).toContain("spec.replicas");
  expect(messageOf(sync, "ConfigMap/a")).toBe("Nothing was applied, because one object was refused.");
  expect(await world.problem()).toMatchObject({
    stage: "validate",
    reason: "Invalid",
    file: "app/broken.yaml",
  });
  expect(await world.kube.has("ConfigMap/a")).toBe(false);

  await world.follow({ "app/broken.yaml": deployment("broken", { replicas: 2 }) });
  expect(await world.kube.has("ConfigMap/a")).toBe(true);
});
