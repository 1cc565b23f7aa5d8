import { expect, it } from "vitest";
import { patientDeployment } from "./test-patience.ts";
import { configMap, deployment, eventually, openWorld, outcomeOf } from "./test-world.ts";

it("does not wait for a wave that will not become healthy when a newer commit has come", async () => {
  const world = await openWorld({ environments: { production: { progressDeadline: "1h" } } });
  const annotations = { "plumbline.dev/wave": "1" };
  const stuck = await world.commit({
    "app/quotes.yaml": patientDeployment(world, "quotes").file(),
    "app/settings.yaml": configMap("settings", {}, { annotations }),
  });
  await world.start();
  await eventually(() => world.kube.has("Deployment/quotes"));

  await world.follow({ "app/quotes.yaml": deployment("quotes") });
  expect(await world.kube.has("ConfigMap/settings")).toBe(true);
  const before = await world.sync({ revision: stuck });
  expect(before.outcome).toBe("superseded");
  expect(outcomeOf(before, "ConfigMap/settings")).toBe("skipped");
  expect(world.report()?.problem).toBeNull();
});
