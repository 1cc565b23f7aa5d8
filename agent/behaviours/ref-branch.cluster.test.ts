import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("follows the branch it was told, and not the repository's main one", async () => {
  const world = await openWorld();
  world.declare({ production: { repository: { url: world.repository.url, ref: "live" } } });
  const { git } = world.repository;
  await world.commit({ "app/a.yaml": configMap("a", { color: "blue" }) });
  await git("checkout", "--quiet", "-b", "live");
  const live = await world.commit({ "app/a.yaml": configMap("a", { color: "green" }) });
  await git("checkout", "--quiet", "main");
  await world.commit({ "app/b.yaml": configMap("b") });
  await world.start();
  await world.converged(live);
  expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "green" });
  expect(await world.kube.has("ConfigMap/b")).toBe(false);

  world.declare({ production: {} });
  await world.converged(await git("rev-parse", "HEAD"));
  expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "blue" });
  expect(await world.kube.has("ConfigMap/b")).toBe(true);
});
