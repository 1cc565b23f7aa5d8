import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("refuses a wave that is no integer, and applies nothing", async () => {
  const world = await openWorld();
  const annotations = { "plumbline.dev/wave": "first" };
  await world.commit({
    "app/a.yaml": configMap("a"),
    "app/b.yaml": configMap("b", {}, { annotations }),
  });
  await world.start();
  const problem = await world.problem("InvalidWave");
  expect(problem).toMatchObject({ stage: "validate", file: "app/b.yaml", retryable: false });
  expect(problem.message).toMatch(/ConfigMap .*\/b has the annotation plumbline.dev\/wave: "first"/);
  expect(await world.kube.has("ConfigMap/a")).toBe(false);
});
