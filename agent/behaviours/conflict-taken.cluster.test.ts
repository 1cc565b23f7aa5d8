import { expect, it } from "vitest";
import { configMap, messageOf, openWorld } from "./test-world.ts";

it("takes a field back from another manager, and says from whom", async () => {
  const world = await openWorld();
  await world.kube.apply(
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "old" }, data: { color: "red", kept: "yes" } },
    "helm",
  );
  const first = await world.begin({
    "app/settings.yaml": configMap("settings"),
    "app/old.yaml": configMap("old"),
  });
  expect(messageOf(first, "ConfigMap/old")).toBe("Took data.color from helm.");
  expect(messageOf(first, "ConfigMap/settings")).toBeUndefined();

  await world.kube.patch("ConfigMap/settings", { data: { color: "red" } }, { manager: "kubectl-edit" });
  const healed = await world.sync({ trigger: "drift", outcome: "succeeded" });
  expect(messageOf(healed, "ConfigMap/settings")).toBe("Took data.color back from kubectl-edit.");
  expect((await world.kube.get("ConfigMap/settings"))?.data).toEqual({ color: "blue" });
  expect((await world.kube.get("ConfigMap/old"))?.data).toEqual({ color: "blue", kept: "yes" });
});
