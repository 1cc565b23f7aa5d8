import { expect, it } from "vitest";
import { configMap, deployment, eventually, openWorld } from "./test-world.ts";

it("applies nothing after a restart where nothing has moved, and records no second sync", async () => {
  const world = await openWorld({ proxy: true });
  const revision = await world.commit({
    "app/a.yaml": configMap("a"),
    "app/quotes.yaml": deployment("quotes"),
  });
  const agent = await world.start();
  await world.converged(revision);
  await agent.stop();
  const since = Date.now();
  const sessions = world.server.state.sessions.length;
  const before = world.report()?.sequence ?? 0;

  await world.start();
  await eventually(() => world.server.state.sessions.length > sessions);
  await eventually(() => (world.report()?.sequence ?? 0) > before && world.state() === "Converged");
  expect(world.api.writes(since)).toEqual([]);
  expect(world.syncs()).toHaveLength(1);
});
