import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("never prunes when rendering fails, and says which file to mend", async () => {
  const world = await openWorld();
  const kustomization = (...resources: string[]) => JSON.stringify({ resources });
  await world.begin({
    "app/kustomization.yaml": kustomization("a.yaml", "b.yaml"),
    "app/a.yaml": configMap("a"),
    "app/b.yaml": configMap("b"),
  });

  await world.commit({ "app/kustomization.yaml": kustomization("a.yaml", "lost.yaml") });
  const problem = await world.problem();
  expect(problem.stage).toBe("render");
  expect(problem.message).toMatch(/lost\.yaml/);
  expect(await world.kube.has("ConfigMap/b")).toBe(true);
});
