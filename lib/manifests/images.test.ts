import { describe, expect, it } from "vitest";
import { imagesIn } from "./images.ts";

const pod = {
  containers: [
    { name: "app", image: "shop/app:1.2" },
    { name: "proxy", image: "envoy:1.35" },
  ],
};
const images = [
  { container: "app", image: "shop/app:1.2" },
  { container: "proxy", image: "envoy:1.35" },
];

describe("the images of a manifest", () => {
  it("are those of the pods that it makes, wherever its kind has their template", () => {
    expect(imagesIn({ kind: "Deployment", spec: { template: { spec: pod } } })).toEqual(images);
    expect(
      imagesIn({ kind: "CronJob", spec: { jobTemplate: { spec: { template: { spec: pod } } } } }),
    ).toEqual(images);
    expect(imagesIn({ kind: "Pod", spec: pod })).toEqual(images);
  });

  it("are none of what runs nothing, and of what only looks like a workload", () => {
    expect(imagesIn({ kind: "ConfigMap", spec: { template: { spec: pod } } })).toEqual([]);
    for (const odd of [null, "x", [], {}, { kind: "Pod" }, { kind: "Pod", spec: { containers: "no" } }])
      expect(imagesIn(odd)).toEqual([]);
    const containers = [
      null,
      { name: "a" },
      { image: "b" },
      { name: 1, image: "c" },
      { name: "d", image: "" },
    ];
    expect(imagesIn({ kind: "Pod", spec: { containers } })).toEqual([]);
  });

  it("are cut where a hostile manifest goes on for ever", () => {
    const containers = Array.from({ length: 5000 }, (_, n) => ({ name: `c${n}`, image: "x".repeat(9000) }));
    const found = imagesIn({ kind: "Pod", spec: { containers } });
    expect(found).toHaveLength(50);
    expect(found[0]?.image).toHaveLength(1024);
  });
});
