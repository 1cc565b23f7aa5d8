import { expect, test } from "vitest";
import type { KubeObject } from "../object.ts";
import { Dropped } from "./dropped.ts";

const object = (namespace: string, name: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace, name },
});

test("what was dropped is lacking where it is wanted, by name or as one of all, and only until it is taken", () => {
  const dropped = new Dropped();
  dropped.add(object("a", "one"));
  dropped.add(object("b", "one"));
  expect(dropped.take("a", new Set(["two"]))).toBe(false);
  expect(dropped.take("c", null)).toBe(false);
  expect(dropped.take("a", new Set(["two", "one"]))).toBe(true);
  expect(dropped.take("a", new Set(["one"]))).toBe(false);
  expect(dropped.take("b", null)).toBe(true);
});

test("what is deleted is not lacking", () => {
  const dropped = new Dropped();
  dropped.note("ADDED", object("a", "one"));
  dropped.note("DELETED", object("a", "one"));
  expect(dropped.take("a", null)).toBe(false);
});

test("where it is not known what was dropped, anything may be lacking", () => {
  const dropped = new Dropped();
  dropped.add(object("a", "one"));
  dropped.addAll("a");
  dropped.note("DELETED", object("a", "one"));
  expect(dropped.take("a", new Set(["two"]))).toBe(true);
  expect(dropped.take("a", null)).toBe(false);
});

test("of more objects than names are kept of, the namespace is known", () => {
  const dropped = new Dropped();
  for (let index = 0; index < 20_000; index++) dropped.add(object("many", `o${index}`));
  dropped.add(object("late", "one"));
  expect(dropped.take("late", new Set(["other"]))).toBe(true);
  expect(dropped.take("many", new Set(["other"]))).toBe(false);
});
