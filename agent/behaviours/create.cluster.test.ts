import { expect, it } from "vitest";
import { configMap, deployment, manifest, openWorld, outcomeOf } from "./test-world.ts";

it("creates what Git asks for, and says so once", async () => {
  const world = await openWorld();
  const sync = await world.begin({
    "app/quotes.yaml": deployment("quotes"),
    "app/settings.yaml": configMap("settings"),
    "app/service.yaml": manifest({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "quotes" },
      spec: { selector: { app: "quotes" }, ports: [{ port: 80 }] },
    }),
  });
  expect(await world.kube.has("Deployment/quotes")).toBe(true);
  expect((await world.kube.get("ConfigMap/settings"))?.data).toEqual({ color: "blue" });
  for (const name of ["Deployment/quotes", "ConfigMap/settings", "Service/quotes"])
    expect([name, outcomeOf(sync, name)]).toEqual([name, "created"]);
  expect(world.syncs().map(({ trigger, outcome }) => `${trigger} ${outcome}`)).toEqual(["start succeeded"]);
});
