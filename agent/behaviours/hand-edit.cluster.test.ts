import { expect, it } from "vitest";
import { deployment, eventually, openWorld } from "./test-world.ts";

it("heals a hand edit, after having told who made it, to which field, and when", async () => {
  const world = await openWorld({ environments: { production: { interval: "1h" } } });
  await world.begin({ "app/quotes.yaml": deployment("quotes") });
  const containers = [{ name: "quotes", image: "quotes:hand" }];
  await world.kube.patch("Deployment/quotes", { spec: { template: { spec: { containers } } } });

  await world.sync({ trigger: "drift", outcome: "succeeded" });
  const now = JSON.stringify((await world.kube.get("Deployment/quotes"))?.spec);
  expect(now).toContain("quotes:1");
  const reports = world.server.state.environments.get(world.nameOf("production"))?.reports ?? [];
  const told = reports.flatMap((report) => report.resources).find(({ cause }) => cause === "drift");
  expect(told?.changes).toMatchObject([
    {
      path: "spec.template.spec.containers[name=quotes].image",
      desired: "quotes:1",
      observed: "quotes:hand",
      by: { who: "kubectl edit", time: expect.stringMatching(/Z$/) },
    },
  ]);
  await eventually(() => world.state() === "Converged");
});
