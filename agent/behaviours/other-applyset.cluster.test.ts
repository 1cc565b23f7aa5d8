import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("refuses an object that another tool's ApplySet holds", async () => {
  const world = await openWorld();
  const labels = { "applyset.kubernetes.io/part-of": "applyset-someone-elses-v1" };
  await world.kube.apply(
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "theirs", labels } },
    "kubectl",
  );
  await world.commit({ "app/a.yaml": configMap("a"), "app/theirs.yaml": configMap("theirs") });
  await world.start();
  const problem = await world.problem("OwnedElsewhere");
  expect(problem.message).toContain("another ApplySet (applyset-someone-elses-v1)");
  expect(problem).toMatchObject({ stage: "validate", file: "app/theirs.yaml" });
  expect((await world.kube.get("ConfigMap/theirs"))?.data).toBeUndefined();
  expect(await world.kube.has("ConfigMap/a")).toBe(false);
});
