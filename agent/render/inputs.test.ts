import fc from "fast-check";
import { expect, test } from "vitest";
import { collapsed, touching } from "./inputs.ts";

const path = fc
  .array(fc.constantFrom("a", "b", "c", "d.yaml"), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join("/"));
const input = fc.oneof(
  path,
  path.map((one) => `${one}/`),
);

test("paths are said as the protocol has them, and what a directory covers is not said again", () => {
  expect(collapsed(["b", "a/", "a/b.yaml", "a/c/", "b", "./d"])).toEqual(["a/", "b", "d"]);
  for (const whole of ["", "./", "/", "."]) expect(collapsed(["a/b", whole])).toEqual(["/"]);
});

test("too many are collapsed from the deepest on into whole directories", () => {
  const files = ["x/y/1", "x/y/2", "x/y/3", "x/4", "top"];
  expect(collapsed(files, 4)).toEqual(["top", "x/4", "x/y/"]);
  expect(collapsed(files, 2)).toEqual(["top", "x/"]);
  expect(collapsed(files, 1)).toEqual(["/"]);
});

test("a change of an input, below a directory or above an input touches; a change beside does not", () => {
  const touches = touching(["base/web.yaml", "app/", "gone/kustomization.yml"]);
  for (const changed of [
    "base/web.yaml",
    "app/deep/x.yaml",
    "base",
    "app",
    "gone",
    "gone/kustomization.yml/x",
  ])
    expect([changed, touches(changed)]).toEqual([changed, true]);
  for (const changed of ["base/web.yaml2", "base/other.yaml", "application/x", "README.md", "gone/x"])
    expect([changed, touches(changed)]).toEqual([changed, false]);
  expect(touching(["/"])("anything")).toBe(true);
});

test("collapsing never loses a change that touched, and keeps to the limit", () => {
  fc.assert(
    fc.property(
      fc.array(input, { minLength: 1 }),
      fc.array(path),
      fc.integer({ min: 1, max: 8 }),
      (inputs, changes, most) => {
        const few = collapsed(inputs, most);
        expect(few.length).toBeLessThanOrEqual(most);
        expect(collapsed(few, most)).toEqual(few);
        const [before, after] = [touching(inputs), touching(few)];
        for (const changed of changes)
          if (before(changed)) expect([changed, after(changed)]).toEqual([changed, true]);
      },
    ),
  );
});
