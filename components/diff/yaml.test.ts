import { expect, it } from "vitest";
import { parse } from "yaml";
import { pathSegments, yamlLines } from "./yaml.ts";

it("splits a path at dots and brackets, but not inside quotes or keys", () => {
  expect(pathSegments("spec.containers[name=a.b].env")).toEqual(["spec", "containers", "[name=a.b]", "env"]);
  expect(pathSegments('metadata.annotations["example.com/a"]')).toEqual([
    "metadata",
    "annotations",
    '["example.com/a"]',
  ]);
});

it("writes what YAML reads again as the same", () => {
  const value = {
    ...{ a: "on", b: "x\ny\n", c: "no end\nof line", d: "two\n\nends\n\n", e: "  led\n  by spaces\n" },
    ...{
      f: "1e3",
      g: "# not a comment",
      h: ["a: b", { i: null, j: [] }],
      k: "",
      l: "- x",
      m: "0x1F",
      n: "2026-01-01",
    },
  };
  expect(parse(yamlLines(value).join("\n"))).toEqual(value);
});
