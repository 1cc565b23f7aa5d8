import { describe, expect, test } from "vitest";
import { compareManifests, type Json } from "./compare-manifests.ts";

const container = (name: string, image: string, over: Record<string, Json> = {}) => ({
  name,
  image,
  ...over,
});
const deployment = (containers: Json[], over: Record<string, Json> = {}): Json => ({
  kind: "Deployment",
  metadata: { name: "quotes", annotations: { "example.com/team": "shop" } },
  spec: { replicas: 2, template: { spec: { containers } }, ...over },
});

describe("two manifests", () => {
  test("that are the same differ in nothing, whatever the order of their keys", () => {
    expect(compareManifests({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 })).toEqual([]);
  });

  test("differ in the field that was changed, added or removed", () => {
    const before = deployment([container("quotes", "quotes:1")]);
    const after = deployment([container("quotes", "quotes:2")], { replicas: 3, paused: true });
    expect(compareManifests(before, after)).toEqual([
      { path: "spec.replicas", before: 2, after: 3 },
      { path: "spec.template.spec.containers[name=quotes].image", before: "quotes:1", after: "quotes:2" },
      { path: "spec.paused", after: true },
    ]);
  });

  test("are compared container by container, not place by place", () => {
    const before = deployment([container("quotes", "quotes:1")]);
    const after = deployment([container("proxy", "proxy:1"), container("quotes", "quotes:1")]);
    expect(compareManifests(before, after)).toEqual([
      {
        path: "spec.template.spec.containers[name=proxy]",
        after: { name: "proxy", image: "proxy:1" },
      },
    ]);
  });

  test("differ where named items change places", () => {
    const [a, b] = [container("a", "a:1"), container("b", "b:1")];
    expect(compareManifests({ initContainers: [a, b] }, { initContainers: [b, a] })).toEqual([
      { path: "initContainers (order)", before: ["a", "b"], after: ["b", "a"] },
    ]);
  });

  test("have a port that stands twice, for two protocols, compared by place", () => {
    const ports = (protocol: string) => [
      { containerPort: 53, protocol: "UDP" },
      { containerPort: 53, protocol },
    ];
    expect(compareManifests({ ports: ports("TCP") }, { ports: ports("SCTP") })).toEqual([
      { path: "ports[1].protocol", before: "TCP", after: "SCTP" },
    ]);
  });

  test("have keys that are no words in brackets, and null told from absent", () => {
    expect(
      compareManifests(
        { metadata: { annotations: { "example.com/team": "shop" } } },
        { metadata: { annotations: { "example.com/team": null } } },
      ),
    ).toEqual([{ path: 'metadata.annotations["example.com/team"]', before: "shop", after: null }]);
    expect(compareManifests({ constructor: 1 }, {})).toEqual([{ path: "constructor", before: 1 }]);
  });

  test("nested deeper than any manifest are compared all the same", () => {
    const deep = (value: Json): Json =>
      Array.from({ length: 200 }).reduce<Json>((inner) => ({ a: inner }), value);
    expect(compareManifests(deep(1), deep(1))).toEqual([]);
    expect(compareManifests(deep(1), deep(2))).toHaveLength(1);
  });
});
