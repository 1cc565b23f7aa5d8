import { expect, it } from "vitest";
import { patientDeployment } from "./test-patience.ts";
import { eventually, openWorld } from "./test-world.ts";

it("a sync that a newer commit overtakes is superseded, and the newer one succeeds", async () => {
  const world = await openWorld();
  const quotes = patientDeployment(world, "quotes");
  const first = await world.commit({ "app/quotes.yaml": quotes.file("quotes:1") });
  await world.start();
  await eventually(() => world.resource("Deployment/quotes")?.sync === "Synced");
  const second = await world.commit({ "app/quotes.yaml": quotes.file("quotes:2") });
  const overtaken = await world.sync({ revision: first });
  expect(overtaken.outcome).toBe("superseded");
  expect(overtaken.message).toContain(second.slice(0, 7));
  await quotes.allow();
  expect((await world.sync({ revision: second })).outcome).toBe("succeeded");
  expect(world.syncs()).toHaveLength(2);
});
