import { describe, expect, it } from "vitest";
import type { FieldChange } from "#lib/protocol/object.ts";
import { changeLines, pathSegments } from "./change-lines.ts";

const change = (
  path: string,
  desired?: FieldChange["desired"],
  observed?: FieldChange["observed"],
): FieldChange => ({
  path,
  pointer: "/x",
  type: "modified",
  counts: true,
  ...(desired === undefined ? {} : { desired }),
  ...(observed === undefined ? {} : { observed }),
});
const draw = (changes: FieldChange[]) =>
  changeLines(changes).map(
    (line) => `${{ context: " ", del: "-", add: "+" }[line.kind]} ${"  ".repeat(line.indent)}${line.text}`,
  );

describe("field changes drawn as YAML", () => {
  it("splits a path at dots and brackets, but not inside quotes or keys", () => {
    expect(pathSegments("spec.containers[name=a.b].env")).toEqual([
      "spec",
      "containers",
      "[name=a.b]",
      "env",
    ]);
    expect(pathSegments('metadata.annotations["example.com/a"]')).toEqual([
      "metadata",
      "annotations",
      '["example.com/a"]',
    ]);
  });
  it("shows the keys that lead to a value, then Git's side and the cluster's", () => {
    expect(
      draw([
        change("spec.replicas", 6, 2),
        change("spec.template.spec.containers[name=quotes].image", "a:1", "a:2"),
      ]),
    ).toEqual([
      "  spec:",
      "-   replicas: 6",
      "+   replicas: 2",
      "    template:",
      "      spec:",
      "        containers:",
      "          - name: quotes",
      "-           image: a:1",
      "+           image: a:2",
    ]);
  });
  it("spreads containers and long strings over lines, and quotes what YAML would misread", () => {
    expect(draw([change("data", { a: "on", b: "x\ny\n" })])).toEqual([
      "- data:",
      '-   a: "on"',
      "-   b: |",
      "-     x",
      "-     y",
    ]);
    expect(draw([change("spec.ports[port=80]", undefined, { port: 80, name: "http" })])).toEqual([
      "  spec:",
      "    ports:",
      "+     - port: 80",
      "+       name: http",
    ]);
  });
  it("survives hostile paths", () => {
    for (const path of ["", "[", "]]", 'a["', "a..b", "[[[[", "a[b=]"])
      expect(() => changeLines([change(path, 1, 2)])).not.toThrow();
  });
});
