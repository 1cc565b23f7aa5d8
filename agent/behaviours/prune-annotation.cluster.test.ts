import { expect, it } from "vitest";
import { configMap, eventually, messageOf, openWorld } from "./test-world.ts";

it("keeps an object whose annotation says that it must not be pruned", async () => {
  const world = await openWorld();
  const annotations = { "plumbline.dev/prune": "disabled" };
  await world.begin({ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b", {}, { annotations }) });

  const revision = await world.commit({ "app/b.yaml": null });
  const sync = await world.sync({ revision });
  expect(messageOf(sync, "ConfigMap/b")).toMatch(/annotation plumbline.dev\/prune is "disabled"/);
  await eventually(() => world.resource("ConfigMap/b")?.sync === "Extra");
  expect(await world.kube.has("ConfigMap/b")).toBe(true);
});
