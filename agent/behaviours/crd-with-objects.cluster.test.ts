import { expect, it } from "vitest";
import { widgets } from "./test-widgets.ts";
import { manifest, openWorld, outcomeOf } from "./test-world.ts";

it("makes a custom kind and objects of it in one commit, and changes both in one commit", async () => {
  const world = await openWorld();
  const { group, crd, widget } = widgets(world.suffix);
  const first = await world.begin({
    "app/a-widget.yaml": manifest(widget({ color: "blue" })),
    "app/b-crd.yaml": manifest(crd("color")),
  });
  expect(outcomeOf(first, `CustomResourceDefinition/widgets.${group}`)).toBe("created");
  expect(outcomeOf(first, "Widget/one")).toBe("created");

  const second = await world.follow({
    "app/a-widget.yaml": manifest(widget({ color: "blue", size: "large" })),
    "app/b-crd.yaml": manifest(crd("color", "size")),
  });
  expect(outcomeOf(second, "Widget/one")).toBe("configured");
  // By its group: other tests have kinds of the same name. While the API server takes a changed definition up, it has
  // none of its objects for a moment.
  const { namespace } = world;
  const ref = { group, version: "v1", kind: "Widget", namespace, name: "one" };
  const spec = async () => (await world.kube.cluster.get(ref))?.spec;
  await expect.poll(spec).toEqual({ color: "blue", size: "large" });
  await world.kube.delete(`CustomResourceDefinition/widgets.${group}`);
});
