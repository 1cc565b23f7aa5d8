import { expect, it } from "vitest";
import { deployment, openWorld } from "./test-world.ts";

it("follows an overlay: a new hash of a generated ConfigMap rolls the Deployment and prunes the old one", async () => {
  const world = await openWorld({ environments: { production: { path: "overlays/production" } } });
  const volumes = [{ name: "settings", configMap: { name: "settings" } }];
  const template = { metadata: { labels: { app: "quotes" } } };
  const spec = { containers: [{ name: "quotes", image: "quotes:1" }], volumes };
  const overlay = (color: string) =>
    JSON.stringify({
      ...{ resources: ["../../base"], namePrefix: "prod-", images: [{ name: "quotes", newTag: "7" }] },
      configMapGenerator: [{ name: "settings", literals: [`color=${color}`] }],
    });
  await world.begin({
    "base/kustomization.yaml": JSON.stringify({ resources: ["quotes.yaml"] }),
    "base/quotes.yaml": deployment("quotes", { template: { ...template, spec } }),
    "overlays/production/kustomization.yaml": overlay("blue"),
  });
  const generated = () =>
    world.resources().flatMap(({ ref }) => (ref.kind === "ConfigMap" ? [ref.name] : []));
  const [before = ""] = generated();
  expect(before).toMatch(/^prod-settings-/);
  expect(JSON.stringify((await world.kube.get("Deployment/prod-quotes"))?.spec)).toContain("quotes:7");

  await world.follow({ "overlays/production/kustomization.yaml": overlay("green") });
  const [after = "", ...others] = generated();
  expect(others).toEqual([]);
  expect(after).not.toBe(before);
  expect(await world.kube.has(`ConfigMap/${before}`)).toBe(false);
  expect(JSON.stringify((await world.kube.get("Deployment/prod-quotes"))?.spec)).toContain(after);
});
