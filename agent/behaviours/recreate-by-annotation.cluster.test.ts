import { expect, it } from "vitest";
import { manifest, openWorld, outcomeOf } from "./test-world.ts";

const settings = (color: string, annotations = {}) =>
  manifest({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "settings", annotations },
    data: { color },
    immutable: true,
  });

it("removes and makes again the one object whose annotation allows it", async () => {
  const world = await openWorld();
  await world.begin({ "app/settings.yaml": settings("blue") });
  const before = await world.kube.get("ConfigMap/settings");
  await world.commit({ "app/settings.yaml": settings("green") });
  await world.problem("Immutable");

  const allowed = settings("green", { "plumbline.dev/recreate": "enabled" });
  const sync = await world.follow({ "app/settings.yaml": allowed });
  expect(outcomeOf(sync, "ConfigMap/settings")).toBe("recreated");
  const after = await world.kube.get("ConfigMap/settings");
  expect(after?.data).toEqual({ color: "green" });
  expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
});
