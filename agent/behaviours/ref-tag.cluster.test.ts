import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("follows a tag: commits beyond it change nothing, moving the tag does", async () => {
  const world = await openWorld();
  world.declare({ production: { repository: { url: world.repository.url, ref: "refs/tags/released" } } });
  const { git } = world.repository;
  const tag = async () => {
    await git("tag", "--force", "-a", "-m", "Released", "released");
    await git("push", "--quiet", "--force", "origin", "refs/tags/released");
  };
  const first = await world.commit({ "app/a.yaml": configMap("a", { color: "blue" }) });
  await tag();
  const beyond = await world.commit({ "app/a.yaml": configMap("a", { color: "green" }) });
  await world.start();
  await world.converged(first);
  expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "blue" });

  await tag();
  await world.converged(beyond);
  expect((await world.kube.get("ConfigMap/a"))?.data).toEqual({ color: "green" });
});
