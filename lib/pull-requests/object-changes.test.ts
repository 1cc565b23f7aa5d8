import { expect, test } from "vitest";
import { objectChanges } from "./object-changes.ts";

const deployment = (over: object) => ({
  spec: { replicas: 2, containers: [{ name: "a", image: "x:1" }], ...over },
});
const rendering = (objects: Record<string, unknown>) => new Map(Object.entries(objects));

test("objects that appear, go and change are told field by field, list items by their name", () => {
  const from = rendering({ gone: {}, same: { a: 1 }, app: deployment({}) });
  const to = rendering({
    same: { a: 1 },
    app: deployment({
      replicas: 3,
      containers: [
        { name: "b", image: "y" },
        { name: "a", image: "x:2" },
      ],
    }),
    new: {},
  });
  expect(objectChanges(from, to).map(({ key, change }) => [key, change])).toEqual([
    ["app", "changed"],
    ["gone", "removed"],
    ["new", "created"],
  ]);
  expect(objectChanges(from, to)[0]!.fields).toEqual([
    { path: "spec.containers[name=a].image", from: "x:1", to: "x:2" },
    { path: "spec.containers[name=b]", from: null, to: '{"name":"b","image":"y"}' },
    { path: "spec.replicas", from: "2", to: "3" },
  ]);
});

test("a key with a dot in it is one key, and a value that is null is not one that is absent", () => {
  const [change] = objectChanges(
    rendering({ config: { data: { "a.yaml": "1", b: null } } }),
    rendering({ config: { data: { "a.yaml": "2" } } }),
  );
  expect(change!.fields).toEqual([
    { path: 'data["a.yaml"]', from: "1", to: "2" },
    { path: "data.b", from: "null", to: null },
  ]);
});

test("a manifest that never arrived is said to be so", () => {
  expect(objectChanges(rendering({ a: undefined }), rendering({ a: {} }))).toMatchObject([
    { key: "a", change: "changed", recorded: false, fields: [] },
  ]);
});
