import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("refuses the sync where conflicts are declared to be refused, and names field, manager and ways out", async () => {
  const world = await openWorld({ environments: { production: { onConflict: "refuse" } } });
  const theirs = (color: string) => ({
    ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "shared" } },
    data: { color },
  });
  await world.kube.apply(theirs("red"), "helm");
  const revision = await world.commit({
    "app/a.yaml": configMap("a"),
    "app/shared.yaml": configMap("shared"),
  });
  await world.start();
  const sync = await world.sync({ revision, outcome: "refused" });
  expect(sync.message).toContain("data.color (helm)");
  const problem = await world.problem("Conflict");
  expect(problem).toMatchObject({ stage: "validate", file: "app/shared.yaml", ref: { name: "shared" } });
  expect(problem.message).toContain("onConflict: take");
  expect(await world.kube.has("ConfigMap/a")).toBe(false);
  expect((await world.kube.get("ConfigMap/shared"))?.data).toEqual({ color: "red" });

  await world.kube.apply(theirs("blue"), "helm");
  await world.follow({ "app/a.yaml": configMap("a", { color: "green" }) });
});
