import { expect, it } from "vitest";
import { configMap, eventually, openWorld, outcomeOf } from "./test-world.ts";

it("brings an object that was deleted by hand back, without waiting for its interval", async () => {
  const world = await openWorld({ environments: { production: { interval: "1h" } } });
  await world.begin({ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b") });

  await world.kube.delete("ConfigMap/a");
  const sync = await world.sync({ trigger: "drift", outcome: "succeeded" });
  expect(sync.objects.map(({ ref, action }) => `${ref.name} ${action}`)).toEqual(["a created"]);
  expect(outcomeOf(sync, "ConfigMap/a")).toBe("created");
  expect(await world.kube.has("ConfigMap/a")).toBe(true);
  await eventually(() => world.state() === "Converged");
});
