import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("keeps two environments of one repository apart: each prunes and heals its own", async () => {
  const world = await openWorld({ environments: { blue: { path: "blue" }, green: { path: "green" } } });
  const first = await world.commit({
    "blue/a.yaml": configMap("blue-a"),
    "blue/b.yaml": configMap("blue-b"),
    "green/a.yaml": configMap("green-a"),
  });
  await world.start();
  await world.converged(first, { environment: "blue" });
  await world.converged(first, { environment: "green" });
  const before = (await world.kube.get("ConfigMap/green-a"))?.metadata.resourceVersion;

  const second = await world.commit({ "blue/b.yaml": null });
  await world.converged(second, { environment: "blue" });
  await world.lookedAt(second, "green");
  expect(world.syncs("green").map(({ revision }) => revision)).toEqual([first]);
  expect(await world.kube.has("ConfigMap/blue-b")).toBe(false);
  expect((await world.kube.get("ConfigMap/green-a"))?.metadata.resourceVersion).toBe(before);

  await world.kube.delete("ConfigMap/green-a");
  await world.sync({ trigger: "drift", outcome: "succeeded" }, "green");
  expect(world.syncs("blue").filter(({ trigger }) => trigger === "drift")).toEqual([]);
});
