import { expect, it } from "vitest";
import { configMap, manifest, openWorld } from "./test-world.ts";

it.each([
  [{ generateName: "job-" }, /generateName, and desired state needs a fixed metadata\.name/],
  [{ labels: { app: "x" } }, /has no metadata\.name/],
])("refuses an object without a name of its own: %j", async (metadata, sentence) => {
  const world = await openWorld();
  await world.commit({
    "app/a.yaml": configMap("a"),
    "app/b.yaml": manifest({ apiVersion: "v1", kind: "ConfigMap", metadata }),
  });
  await world.start();
  const problem = await world.problem("ObjectInvalid");
  expect(problem.message).toMatch(sentence);
  expect(problem.file).toBe("app/b.yaml");
  expect(await world.kube.has("ConfigMap/a")).toBe(false);
});
