import { describe, expect, it } from "vitest";
import type { FieldChange } from "#lib/protocol/object.ts";
import { changedPart, type DiffLine, foldAfter, foldLines, pairsOf } from "./lines.ts";
import { objectLines, oneSidedLines } from "./object-lines.ts";

const change = (path: string, desired?: unknown, observed?: unknown): FieldChange => ({
  ...{ path, pointer: "/x", type: "modified", counts: true },
  ...(desired !== undefined && { desired: desired as never }),
  ...(observed !== undefined && { observed: observed as never }),
});
const drawn = (lines: DiffLine[]) =>
  lines.map(({ kind, text }) => `${{ same: " ", del: "-", add: "+", hunk: "@" }[kind]}${text}`);

const quotes = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { labels: { app: "quotes" }, name: "quotes" },
  spec: {
    replicas: 6,
    template: {
      spec: {
        containers: [
          {
            image: "quotes:1",
            name: "quotes",
            ports: [{ containerPort: 80, protocol: "TCP" }],
            resources: { limits: { memory: "512Mi" } },
          },
          { args: ["a", "b"], image: "proxy:1", name: "proxy" },
        ],
      },
    },
  },
};

describe("one object as lines", () => {
  it("stands in whole, each difference where its field is, numbered on each side", () => {
    const lines = objectLines({ desired: quotes, changes: [change("spec.replicas", 6, 2)] });
    expect(drawn(lines).slice(0, 10)).toEqual([
      " apiVersion: apps/v1",
      " kind: Deployment",
      " metadata:",
      "   name: quotes",
      "   labels:",
      "     app: quotes",
      " spec:",
      "-  replicas: 6",
      "+  replicas: 2",
      "   template:",
    ]);
    expect(lines.slice(7, 10).map(({ git, cluster }) => [git, cluster])).toEqual([
      [8, null],
      [null, 8],
      [9, 9],
    ]);
  });

  it("finds items of lists by what their paths say of them", () => {
    const lines = objectLines({
      desired: quotes,
      changes: [
        change("spec.template.spec.containers[name=proxy].image", "proxy:1", "proxy:2"),
        change(
          "spec.template.spec.containers[name=quotes].ports[containerPort=80,protocol=TCP].name",
          undefined,
          "web",
        ),
        change("spec.template.spec.containers[name=sidecar]", undefined, { name: "sidecar", image: "s:1" }),
      ],
    });
    const text = drawn(lines);
    const at = (line: string) => text.indexOf(line);
    expect(at("-          image: proxy:1")).toBeGreaterThan(at("         - name: proxy"));
    expect(at("+              name: web")).toBeGreaterThan(at("             - containerPort: 80"));
    expect(text.slice(-2)).toEqual(["+        - name: sidecar", "+          image: s:1"]);
  });

  it("tells keys with dots and slashes from steps of a path", () => {
    const desired = { metadata: { annotations: { "example.com/a.b": "1" } } };
    const lines = objectLines({
      desired,
      changes: [change('metadata.annotations["example.com/a.b"]', "1", "2")],
    });
    expect(drawn(lines)).toEqual([
      " metadata:",
      "   annotations:",
      '-    example.com/a.b: "1"',
      '+    example.com/a.b: "2"',
    ]);
  });

  it("shows of two long texts only the lines that differ", () => {
    const before = "a\nb\nc\nd\n";
    const lines = objectLines({
      desired: { data: { conf: before } },
      changes: [change("data.conf", before, "a\nb\nx\nd\n")],
    });
    expect(drawn(lines)).toEqual([" data:", "   conf: |", "     a", "     b", "-    c", "+    x", "     d"]);
    expect(lines.filter((line) => line.change)).toHaveLength(2);
  });

  it("notes what looks different and is equal, and does not call equal what a rule may hide", () => {
    const observed = structuredClone(quotes);
    Object.assign(observed.spec.template.spec.containers[0]!.resources!.limits, { memory: "536870912" });
    const noted = (hidden: boolean) =>
      objectLines({ desired: quotes, observed, changes: [], hidden }).filter((line) => line.note);
    expect(noted(false).map(({ text, note }) => [text.trim(), note])).toEqual([
      ["memory: 512Mi", 'the cluster says "536870912": equal'],
    ]);
    expect(noted(true)[0]?.note).toContain("or ignored");
  });

  it("draws the way to each field where the manifest is not known", () => {
    const lines = objectLines({ changes: [change("spec.containers[name=a].image", "x:1", "x:2")] });
    expect(drawn(lines)).toEqual([
      " spec:",
      "   containers:",
      "     - name: a",
      "-      image: x:1",
      "+      image: x:2",
    ]);
    expect(lines.every(({ git, cluster }) => git === null && cluster === null)).toBe(true);
  });

  it("keeps values as they are, whatever they hold", () => {
    const desired = { data: { a: null, b: {}, c: [], d: "true", e: "x: y", "k: v": 1, f: [[1], "z"] } };
    expect(drawn(objectLines({ desired, changes: [] }))).toEqual([
      " data:",
      "   a: null",
      "   b: {}",
      "   c: []",
      '   d: "true"',
      '   e: "x: y"',
      "   f:",
      "     - - 1",
      "     - z",
      '   "k: v": 1',
    ]);
  });
});

it("survives hostile paths", () => {
  for (const path of [
    "",
    "[",
    "]]",
    'a["',
    "a..b",
    "[[[[",
    "a[b=]",
    'a["\\"]',
    "__proto__.x",
    "constructor[0]",
  ])
    expect(() => objectLines({ desired: quotes, changes: [change(path, 1, 2)] })).not.toThrow();
});

describe("folding", () => {
  const lines = objectLines({
    desired: { spec: { ...Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`f${at + 10}`, at])) } },
    changes: [change("spec.f40", 30, 31)],
  });
  it("keeps each difference, what is around it, and the keys that lead to it", () => {
    const pieces = foldLines(lines);
    expect(pieces.map(({ folded, lines: some }) => [folded, some.length])).toEqual([
      [false, 1],
      [true, 28],
      [false, 6],
      [true, 27],
    ]);
    expect(pieces.flatMap((piece) => piece.lines)).toEqual(lines);
  });
  it("hides nothing that differs, and folds one side after its beginning", () => {
    expect(
      foldLines(lines)
        .filter(({ folded }) => folded)
        .flatMap((piece) => piece.lines)
        .every(({ kind }) => kind === "same"),
    ).toBe(true);
    const one = oneSidedLines(quotes, "del");
    expect(foldAfter(one, 5).map(({ lines: some }) => some.length)).toEqual([5, one.length - 5]);
    expect(foldAfter(one, one.length)).toHaveLength(1);
  });
});

describe("side by side", () => {
  it("sets what was replaced beside what replaced it", () => {
    const lines = objectLines({ desired: { a: 1, b: 2 }, changes: [change("a", 1, 5), change("b", 2)] });
    expect(pairsOf(lines).map(({ git, cluster }) => [git?.text ?? null, cluster?.text ?? null])).toEqual([
      ["a: 1", "a: 5"],
      ["b: 2", null],
    ]);
  });
  it("marks the words that are other, and nothing where the lines have nothing in common", () => {
    expect(changedPart("  replicas: 6", "  replicas: 2")).toEqual(["  replicas: ", "6", ""]);
    expect(changedPart("image: reg/quotes:1.4.2", "image: reg/quotes:1.5.0")).toEqual([
      "image: reg/quotes:",
      "1.4.2",
      "",
    ]);
    expect(changedPart("a: 1", "b: 2")).toBeNull();
  });
});
