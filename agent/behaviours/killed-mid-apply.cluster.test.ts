import { expect, it } from "vitest";
import { configMap, deployment, eventually, openWorld, outcomeOf } from "./test-world.ts";

it("removes what a killed agent had just created, where Git has dropped it before the next one starts", async () => {
  const world = await openWorld({ proxy: true });
  const first = await world.commit({ "app/a.yaml": configMap("a") });
  const agent = world.spawn();
  await world.converged(first);

  // The kill comes while the ConfigMap is there already and the Deployment is not yet.
  world.api.intercept(({ method, query, path }) => {
    if (method === "PATCH" && !query.has("dryRun") && path.endsWith("/deployments/late")) void agent.kill();
    return undefined;
  });
  await world.commit({
    "app/late.yaml": deployment("late"),
    "app/short-lived.yaml": configMap("short-lived"),
  });
  await agent.ended;
  world.api.intercept(undefined);
  expect(await world.kube.has("ConfigMap/short-lived")).toBe(true);

  const last = await world.commit({ "app/short-lived.yaml": null, "app/late.yaml": null });
  world.spawn();
  const sync = await world.converged(last);
  expect(await world.kube.has("ConfigMap/short-lived")).toBe(false);
  expect(outcomeOf(sync, "ConfigMap/short-lived")).toBe("pruned");
  await eventually(async () => !(await world.kube.has("Deployment/late")));
});
