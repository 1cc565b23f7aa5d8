import { expect, it } from "vitest";
import { configMap, deployment, openWorld, outcomeOf } from "./test-world.ts";

const labelled = (app: string) => ({
  selector: { matchLabels: { app } },
  template: { metadata: { labels: { app } }, spec: { containers: [{ name: "quotes", image: "quotes:1" }] } },
});

it("refuses to change an immutable field, and says which one and what can be done", async () => {
  const world = await openWorld();
  await world.begin({ "app/quotes.yaml": deployment("quotes", labelled("one")) });
  const before = await world.kube.get("Deployment/quotes");

  const revision = await world.commit({
    "app/quotes.yaml": deployment("quotes", labelled("two")),
    "app/settings.yaml": configMap("settings"),
  });
  const sync = await world.sync({ revision, outcome: "refused" });
  expect(outcomeOf(sync, "Deployment/quotes")).toBe("failed");
  const problem = await world.problem("Immutable");
  expect(problem).toMatchObject({ stage: "validate", file: "app/quotes.yaml", retryable: false });
  expect(problem.message).toMatch(/^Deployment .*\/quotes cannot be changed .*spec\.selector/);
  expect(problem.message).toContain("plumbline.dev/recreate: enabled");
  expect(problem.message).toContain("recreateKinds: [Deployment]");
  expect((await world.kube.get("Deployment/quotes"))?.metadata.uid).toBe(before?.metadata.uid);
  expect(await world.kube.has("ConfigMap/settings")).toBe(false);
});
