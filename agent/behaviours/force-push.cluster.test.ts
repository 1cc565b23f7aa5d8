import { expect, it } from "vitest";
import { configMap, openWorld, outcomeOf } from "./test-world.ts";

it("follows a branch that was forced back to another history", async () => {
  const world = await openWorld();
  await world.begin({ "app/a.yaml": configMap("a") });
  await world.follow({ "app/b.yaml": configMap("b") });

  await world.repository.git("reset", "--quiet", "--hard", "HEAD~1");
  const sync = await world.follow({ "app/c.yaml": configMap("c") }, "Another history");
  expect(outcomeOf(sync, "ConfigMap/b")).toBe("pruned");
  expect(outcomeOf(sync, "ConfigMap/c")).toBe("created");
  expect(await world.kube.has("ConfigMap/b")).toBe(false);
});
