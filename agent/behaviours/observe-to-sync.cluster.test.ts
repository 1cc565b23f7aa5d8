import { expect, it } from "vitest";
import { configMap, eventually, openWorld, outcomeOf } from "./test-world.ts";

it("applies once when an environment goes from observing to syncing, and does not call that drift", async () => {
  const world = await openWorld({ environments: { production: { mode: "observe" } } });
  await world.kube.apply(JSON.parse(configMap("settings")), "kubectl");
  const revision = await world.commit({ "app/settings.yaml": configMap("settings") });
  await world.start();
  await eventually(() => world.resource("ConfigMap/settings")?.sync === "Synced");

  world.declare({ production: {} });
  const sync = await world.sync({ revision, mode: "sync", outcome: "succeeded" });
  await world.converged(revision);
  expect(sync.trigger).not.toBe("drift");
  expect(outcomeOf(sync, "ConfigMap/settings")).toBe("configured");
  expect(world.syncs().map(({ outcome }) => outcome)).toEqual(["observed", "succeeded"]);
});
