import { expect, it } from "vitest";
import { configMap, eventually, messageOf, openWorld } from "./test-world.ts";

it("keeps what Git dropped where the declaration says prune: false, and shows it as Extra", async () => {
  const world = await openWorld({ environments: { production: { prune: false } } });
  await world.begin({ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b") });

  const revision = await world.commit({ "app/b.yaml": null });
  const sync = await world.sync({ revision });
  expect(messageOf(sync, "ConfigMap/b")).toMatch(/prune: false/);
  await eventually(() => world.resource("ConfigMap/b")?.sync === "Extra");
  expect(await world.kube.has("ConfigMap/b")).toBe(true);
});

it("prunes it once the declaration says so, without another commit", async () => {
  const world = await openWorld({ environments: { production: { prune: false } } });
  await world.begin({ "app/a.yaml": configMap("a"), "app/b.yaml": configMap("b") });
  const revision = await world.commit({ "app/b.yaml": null });
  await world.sync({ revision });

  world.declare({ production: { prune: true } });
  await eventually(async () => !(await world.kube.has("ConfigMap/b")));
  expect(await world.kube.has("ConfigMap/a")).toBe(true);
  await eventually(() => world.syncs().some((sync) => sync.trigger === "declaration"));
  expect(world.syncs().filter((sync) => sync.trigger === "declaration")).toHaveLength(1);
});
