import { expect, it } from "vitest";
import { configMap, openWorld } from "./test-world.ts";

it("sees a commit by itself within its interval where the hint was lost", async () => {
  const world = await openWorld();
  await world.begin({ "app/a.yaml": configMap("a") });
  world.server.state.failing = { status: 503, body: "" };
  world.server.dropStreams();

  const revision = await world.repository.commit(
    { "app/a.yaml": configMap("a", { color: "green" }) },
    "Quietly",
  );
  world.server.state.failing = null;
  const sync = await world.converged(revision);
  expect(sync).toMatchObject({ trigger: "commit", outcome: "succeeded" });
});
