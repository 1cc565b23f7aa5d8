import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { configMap, deployment, eventually, openWorld } from "./test-world.ts";

it("with its disk lost, what could not be searched is not forgotten: it is pruned once it can be", async () => {
  const world = await openWorld({ proxy: true });
  const first = await world.commit({ "app/a.yaml": configMap("a"), "app/quotes.yaml": deployment("quotes") });
  const agent = await world.start();
  await world.converged(first);
  await agent.stop();
  rmSync(join(world.dataDir, "environments"), { recursive: true });

  // Meanwhile Git dropped an object of a kind that cannot be listed when the agent comes again.
  const second = await world.repository.commit({ "app/quotes.yaml": null }, "Without quotes");
  let refusing = true;
  world.api.intercept(({ path, query }) => {
    const isSearch = path.endsWith("/deployments") && query.has("labelSelector");
    return refusing && isSearch ? { status: 403 } : undefined;
  });
  const blind = await world.start();
  await world.converged(second);
  expect(await world.kube.has("Deployment/quotes")).toBe(true);
  expect(await world.kube.has("ConfigMap/a")).toBe(true);

  await blind.stop();
  refusing = false;
  await world.start();
  const third = await world.commit({ "app/b.yaml": configMap("b") });
  await world.converged(third);
  await eventually(async () => !(await world.kube.has("Deployment/quotes")));
  expect(await world.kube.has("ConfigMap/a")).toBe(true);
});
