import { expect, it } from "vitest";
import { patientDeployment } from "./test-patience.ts";
import { configMap, eventually, openWorld } from "./test-world.ts";

it("fails at the progress deadline, names what held it up, and does not apply it again", async () => {
  const world = await openWorld({ environments: { production: { progressDeadline: "3s" } } });
  const quotes = patientDeployment(world, "quotes");
  await world.commit({ "app/quotes.yaml": quotes.file(), "app/a.yaml": configMap("a") });
  await world.start();
  const sync = await world.sync({ trigger: "start" });
  expect(sync.outcome).toBe("failed");
  expect(sync.message).toContain("progress deadline");
  expect(sync.message).toContain(`Deployment ${world.namespace}/quotes`);
  expect(sync.message).toContain(world.resource("Deployment/quotes")?.healthReason ?? "a reason");
  expect(sync.message).not.toContain("ConfigMap");
  expect(Date.parse(sync.finishedAt) - Date.parse(sync.appliedAt ?? "")).toBeGreaterThanOrEqual(3000);

  // It becomes healthy later: converged without another apply, and the record stays as it was.
  await quotes.allow();
  await eventually(() => world.state() === "Converged");
  expect(world.syncs().map(({ outcome }) => outcome)).toEqual(["failed"]);
});
