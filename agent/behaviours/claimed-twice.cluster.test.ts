import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("refuses an object that belongs to another environment, and says to which", async () => {
  const world = await openWorld({ environments: { blue: { path: "blue" } } });
  await world.begin({
    "blue/a.yaml": configMap("shared", { color: "blue" }),
    "green/a.yaml": configMap("shared", { color: "green" }),
    "green/b.yaml": configMap("green-b"),
  });

  world.declare({ blue: { path: "blue" }, green: { path: "green" } });
  const problem = await world.problem("OwnedElsewhere", "green");
  expect(problem.message).toContain(`belongs to the environment "${world.nameOf("blue")}" already`);
  const [refused] = world.syncs("green");
  expect(refused?.outcome).toBe("refused");
  expect((await world.kube.get("ConfigMap/shared"))?.data).toEqual({ color: "blue" });
  expect(await world.kube.has("ConfigMap/green-b")).toBe(false);
});
