import { expect, it } from "vitest";
import { deployment, openWorld, outcomeOf } from "./test-world.ts";

it("takes an object that was renamed in Git for a new one and removes the old one after it", async () => {
  const world = await openWorld();
  await world.begin({ "app/quotes.yaml": deployment("quotes") });

  const sync = await world.follow({ "app/quotes.yaml": deployment("sayings") });
  expect(outcomeOf(sync, "Deployment/sayings")).toBe("created");
  expect(outcomeOf(sync, "Deployment/quotes")).toBe("pruned");
  expect(await world.kube.has("Deployment/quotes")).toBe(false);
  const order = sync.objects.map(({ ref }) => ref.name);
  expect(order).toEqual(["sayings", "quotes"]);
});
