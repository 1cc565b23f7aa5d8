import { expect, it } from "vitest";
import { configMap, eventually, openWorld } from "./test-world.ts";

it("leaves the objects alone when an environment is declared no more, and finds them again when it is", async () => {
  const other = { path: "other" };
  const world = await openWorld({ environments: { production: {}, other } });
  const first = await world.commit({
    ...{ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b") },
    "other/o.yaml": configMap("o"),
  });
  const agent = await world.start();
  await world.converged(first, { environment: "production" });

  world.declare({ other });
  await eventually(() => agent.environments().length === 1);
  await world.kube.patch("ConfigMap/a", { data: { color: "red" } });
  const second = await world.commit({
    "app/b.yaml": null,
    "other/o.yaml": configMap("o", { color: "green" }),
  });
  await world.converged(second, { environment: "other" });
  expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "red" });
  expect(await world.kube.has("ConfigMap/b")).toBe(true);

  world.declare({ production: {}, other });
  await world.converged(second, { environment: "production" });
  expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "blue" });
  expect(await world.kube.has("ConfigMap/b")).toBe(false);
});
