import { expect, it } from "vitest";
import { patientDeployment } from "./test-patience.ts";
import { configMap, eventually, openWorld } from "./test-world.ts";

const inWave = (wave: string) => ({ annotations: { "plumbline.dev/wave": wave } });

it("applies wave after wave, each once the one before it is healthy", async () => {
  const world = await openWorld({ proxy: true });
  const quotes = patientDeployment(world, "quotes");
  const revision = await world.commit({
    "app/a-last.yaml": configMap("last", {}, inWave("1")),
    "app/b-quotes.yaml": quotes.file(),
    "app/c-first.yaml": configMap("first", {}, inWave("-1")),
  });
  await world.start();
  await eventually(() => world.kube.has("Deployment/quotes"));
  const allowedAt = Date.now();
  await quotes.allow();
  await world.converged(revision);

  const writes = world.api.writes().filter(({ method }) => method === "PATCH");
  const at = (name: string) => writes.findIndex(({ path }) => path.endsWith(`/${name}`));
  expect([at("first"), at("quotes"), at("last")]).toEqual([0, 1, 2]);
  expect(writes[2]?.at).toBeGreaterThanOrEqual(allowedAt);
});
