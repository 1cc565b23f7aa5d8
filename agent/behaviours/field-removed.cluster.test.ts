import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("removes a field that Git dropped, and leaves those of others", async () => {
  const world = await openWorld();
  await world.begin({ "app/a.yaml": configMap("a", { color: "blue", size: "big" }) });
  await world.kube.patch("ConfigMap/a", { data: { note: "by hand" } });

  await world.follow({ "app/a.yaml": configMap("a", { color: "blue" }) });
  expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "blue", note: "by hand" });
});
