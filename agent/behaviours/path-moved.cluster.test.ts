import { expect, it } from "vitest";
import { configMap, eventually, openWorld, outcomeOf } from "./test-world.ts";

it("follows a declaration to another path, and prunes what only the former one had", async () => {
  const world = await openWorld();
  await world.begin({
    "app/a.yaml": configMap("a"),
    "app/only-here.yaml": configMap("only-here"),
    "next/a.yaml": configMap("a", { color: "green" }),
    "next/new.yaml": configMap("new"),
  });

  world.declare({ production: { path: "next" } });
  // A look that is under way as the declaration changes may take it up, and is then the one that says so.
  const sync = await eventually(() =>
    world.syncs().find((one) => outcomeOf(one, "ConfigMap/only-here") === "pruned"),
  );
  expect(sync.outcome).toBe("succeeded");
  expect(["a", "new", "only-here"].map((name) => outcomeOf(sync, `ConfigMap/${name}`))).toEqual([
    "configured",
    "created",
    "pruned",
  ]);
  expect(await world.kube.has("ConfigMap/only-here")).toBe(false);
  await eventually(() => world.state() === "Converged");
});
