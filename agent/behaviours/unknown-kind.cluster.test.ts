import { expect, it } from "vitest";
import { configMap, manifest, openWorld } from "./test-world.ts";

it("refuses a kind that the cluster does not have, and says what to install", async () => {
  const world = await openWorld();
  await world.commit({
    "app/a.yaml": configMap("a"),
    "app/rollout.yaml": manifest({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Rollout",
      metadata: { name: "quotes" },
    }),
  });
  await world.start();
  const problem = await world.problem("NoSuchKind");
  expect(problem).toMatchObject({ stage: "validate", file: "app/rollout.yaml" });
  expect(problem.message).toMatch(
    /Rollout.* cannot be applied: the API server has no Rollout in argoproj.io\/v1alpha1\. Add its CustomResourceDefinition to Git, or install what brings it\./,
  );
  expect((await world.sync({ outcome: "refused" })).objects).toHaveLength(2);
  expect(await world.kube.has("ConfigMap/a")).toBe(false);
});
