import { expect, it } from "vitest";
import { patientDeployment } from "./test-patience.ts";
import { configMap, messageOf, openWorld, outcomeOf } from "./test-world.ts";

it("does not begin a wave when the one before it is not healthy at the deadline, and names what held it up", async () => {
  const world = await openWorld({ environments: { production: { progressDeadline: "2s" } } });
  const quotes = patientDeployment(world, "quotes");
  const annotations = { "plumbline.dev/wave": "1" };
  const revision = await world.commit({
    "app/quotes.yaml": quotes.file(),
    "app/settings.yaml": configMap("settings", {}, { annotations }),
  });
  await world.start();
  const sync = await world.sync({ revision, outcome: "failed" });
  expect(sync.message).toMatch(/^Wave 0 is not healthy at the progress deadline.*Deployment .*\/quotes: /);
  expect(outcomeOf(sync, "Deployment/quotes")).toBe("created");
  expect(outcomeOf(sync, "ConfigMap/settings")).toBe("skipped");
  expect(messageOf(sync, "ConfigMap/settings")).toBe("Not applied, because wave 0 is not healthy.");
  expect(await world.problem()).toMatchObject({
    stage: "wait",
    reason: "WaveNotHealthy",
    ref: { name: "quotes" },
  });
  expect(await world.kube.has("ConfigMap/settings")).toBe(false);

  await quotes.allow();
  await world.converged(revision);
  expect(await world.kube.has("ConfigMap/settings")).toBe(true);
});
