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
  const sync = await world.sync({ trigger: "declaration", outcome: "succeeded" });
  expect(["a", "new", "only-here"].map((name) => outcomeOf(sync, `ConfigMap/${name}`))).toEqual([
    "configured",
    "created",
    "pruned",
  ]);
  expect(await world.kube.has("ConfigMap/only-here")).toBe(false);
  await eventually(() => world.state() === "Converged");
});
