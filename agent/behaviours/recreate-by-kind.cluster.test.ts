import { expect, it } from "vitest";
import { deployment, messageOf, openWorld, outcomeOf } from "./test-world.ts";

const labelled = (app: string) => ({
  selector: { matchLabels: { app } },
  template: { metadata: { labels: { app } }, spec: { containers: [{ name: "quotes", image: "quotes:1" }] } },
});

it("removes and makes again an object of a kind that is declared for it, where an immutable field changes", async () => {
  const world = await openWorld({ environments: { production: { recreateKinds: ["Deployment.apps"] } } });
  await world.begin({ "app/quotes.yaml": deployment("quotes", labelled("one")) });
  const before = await world.kube.get("Deployment/quotes");

  const sync = await world.follow({ "app/quotes.yaml": deployment("quotes", labelled("two")) });
  expect(outcomeOf(sync, "Deployment/quotes")).toBe("recreated");
  expect(messageOf(sync, "Deployment/quotes")).toMatch(
    /because spec\.selector can be set only when it is made/,
  );
  const after = await world.kube.get("Deployment/quotes");
  expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
  expect(after?.spec).toMatchObject({ selector: { matchLabels: { app: "two" } } });

  const ordinary = await world.follow({
    "app/quotes.yaml": deployment("quotes", { ...labelled("two"), replicas: 2 }),
  });
  expect(outcomeOf(ordinary, "Deployment/quotes")).toBe("configured");
  expect((await world.kube.get("Deployment/quotes"))?.metadata.uid).toBe(after?.metadata.uid);
});
