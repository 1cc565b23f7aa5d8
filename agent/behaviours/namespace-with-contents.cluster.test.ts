import { expect, it } from "vitest";
import { deployment, manifest, openWorld, outcomeOf } from "./test-world.ts";

it("makes a namespace and what is in it in one commit", async () => {
  const world = await openWorld();
  const name = `shop-${world.suffix}`;
  const sync = await world.begin({
    "app/a-quotes.yaml": deployment("quotes", {}, {}, { namespace: name }),
    "app/z-namespace.yaml": manifest({ apiVersion: "v1", kind: "Namespace", metadata: { name } }),
  });
  expect(outcomeOf(sync, `Namespace/${name}`)).toBe("created");
  expect(await world.kube.has("Deployment/quotes", name)).toBe(true);
  await world.kube.delete(`Namespace/${name}`);
});
