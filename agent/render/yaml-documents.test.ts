import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureEngines } from "../../scripts/engines/engines.ts";
import { YamlError, yamlDocuments } from "./yaml-documents.ts";

const limits = { maxYamlNodes: 10_000, maxYamlDepth: 50 };
const read = (text: string) => [...yamlDocuments(text, limits)].map(({ value, line }) => ({ value, line }));

function fault(text: string): { message: string; at: string } {
  try {
    read(text);
  } catch (error) {
    if (error instanceof YamlError) return { message: error.message, at: `${error.line}:${error.column}` };
    throw error;
  }
  throw new Error("it was accepted");
}

// Each stands for one rule of sigs.k8s.io/yaml; the verdict is kubectl's own.
const VALUES = [
  ..."yes on y n N Y No off OFF true True TRUE tRUE ~ null Null nULL".split(" "),
  ..."0o777 0777 -0o7 08 0x1F -0x1f 0b11 -0b11 0b2 0o8 0x 1_000 1__0 _1 0_7 0x_1F 1_000.5 +5 -0 + .".split(
    " ",
  ),
  ..."1e3 1E5 1e-7 12e03 1e21 1e400 5e 5. .5 +.5 -.5 .5e3 .e3 .5_0 1.0 1.50 0.0 -0.0 123456789.123456789 9007199254740991".split(
    " ",
  ),
  ..."1:30 2001-01-01 2001-12-14t21:59:43.10-05:00 100m 128Mi 1.2.3 10.0.0.1 = << 'yes' \"0777\" 'a''b' \"a\\tb\\u00e9\"".split(
    " ",
  ),
  ...[
    "!!str 12",
    '!!int "12"',
    "!!float 3",
    "!!binary aGk=",
    "!!bool yes",
    "!!null ~",
    "! 12",
    "!foo bar",
    "!foo 12",
    "!!timestamp 2001-01-01",
  ],
  ...[
    "{1: a, true: b, 1.5: c, yes_: e, 2001-01-01: f, 0x10: g, 1e3: h, 1e30: i, 0.1: j, 1e-7: k}",
    "[&a x, *a]",
    "{a: {b: }}",
    "{__proto__: 1}",
  ],
  ...[
    "{<<: [{a: 1}, {a: 2, b: 3}], c: 1}",
    "{a: 1, <<: {a: 2}}",
    "{<<: {a: 2}, a: 1}",
    "{'<<': {a: 1}}",
    "[]",
    "{}",
    "[a, , b]".replace(", ,", ","),
  ],
  ...["|\n  a\n   b\n", ">-\n  a\n  b\n", "|+\n  a\n\n", "a\n  b", '"a\n  b"', "a # comment", "a#b", "'- a'"],
];

describe("values are what kubectl makes of them", () => {
  let folder = "";
  let kubectl = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "plumbline-yaml-"));
    kubectl = (await ensureEngines(() => {})).kubectl;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("for every rule, in one file", () => {
    const text = `apiVersion: example.com/v1\nkind: Example\nmetadata:\n  name: x\n${VALUES.map((value, at) => `v${at}: ${value}\n`).join("")}`;
    writeFileSync(join(folder, "x.yaml"), text);
    const args = ["label", "--local", "-f", join(folder, "x.yaml"), "a=b", "-o", "json"];
    const theirs = JSON.parse(
      execFileSync(kubectl, args, {
        encoding: "utf8",
        env: { HOME: folder } as unknown as NodeJS.ProcessEnv,
      }),
    );
    const ours = read(text)[0]?.value as Record<string, unknown>;
    for (const [at, value] of VALUES.entries())
      expect([value, ours[`v${at}`]]).toEqual([value, theirs[`v${at}`]]);
  });
});

describe("documents", () => {
  test("are counted from their first content, without the empty ones", () => {
    const text =
      "# nothing\n---\n---\n# a comment\na: 1\n---\n\nnull\n--- {b: 2}\n...\n---\nc: |\n  --- no\n  x\n# end\n---";
    expect(read(text)).toEqual([
      { value: { a: 1 }, line: 5 },
      { value: { b: 2 }, line: 9 },
      { value: { c: "--- no\nx\n" }, line: 12 },
    ]);
  });

  test("may be JSON with tabs, or begin with a byte order mark and end lines with CRLF", () => {
    expect(read('{\n\t"a": 1,\n\t"b": [true]\n}\n')[0]?.value).toEqual({ a: 1, b: [true] });
    expect(read("\ufeffa: 1\r\nb: x\r\n---\r\nc: 2\r\n").map(({ value }) => value)).toEqual([
      { a: 1, b: "x" },
      { c: 2 },
    ]);
  });

  test("say on which line a whole number lost digits", () => {
    expect([...yamlDocuments("a: 1\nb: 9007199254740993\n", limits)][0]?.inexactLine).toBe(2);
    expect([...yamlDocuments("b: 9007199254740991\n", limits)][0]?.inexactLine).toBeUndefined();
  });
});

describe("what is refused", () => {
  test.each([
    ["a key that stands twice", "a: 1\n---\nb:\n  c: 1\n  c: 2\n", /"c" stands twice/, "5:3"],
    ["a merge key that stands twice", "a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n", /a key stands twice/, "4:3"],
    ["keys that become one", "yes: 1\ntrue: 2\n", /"true" stands twice/, "2:1"],
    ["a missing bracket", "a: [1, 2\nb: 1\n", /./, "2:1"],
    ["a tab", "a:\n\tb: 1\n", /tab/, "2:1"],
    ["an unknown anchor", "a: *b\n", /anchor/, "1:4"],
    ["an anchor within itself", "a: &a\n  b: *a\n", /itself|anchor/, "2:6"],
    ["a key that is a list", "? [a]\n: b\n", /key/, "1:3"],
    ["infinity", "a: .inf\n", /quote/, "1:4"],
    ["a wrong tag", "a: !!int b\n", /!!int/, "1:10"],
  ])("%s, with line and column", (_, text, message, at) => {
    const found = fault(text);
    expect(found.message).toMatch(message);
    expect(found.at).toBe(at);
  });

  test("aliases that expand without end, quickly", () => {
    let text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (let at = 1; at < 12; at++)
      text += `a${at}: &a${at} [${Array(10)
        .fill(`*a${at - 1}`)
        .join(", ")}]\n`;
    expect(fault(text).message).toMatch(/aliases expand to more than 10000/);
  });

  test("nesting without end", () => {
    expect(fault(`a: ${"[".repeat(100)}${"]".repeat(100)}`).message).toMatch(/deeper than 50/);
    expect(fault(`a: ${"[".repeat(50_000)}${"]".repeat(50_000)}`).message).toMatch(/deep/);
    expect(fault(`${"- ".repeat(50_000)}x`).message).toMatch(/deep/);
  });

  test("without a word of what stands there", () => {
    for (const text of [
      "p: 'canary\n",
      "p: [canary\n",
      "p: canary: canary\n",
      "p: @canary\n",
      'p: "canary\\q"\n',
      "canary\nx: y\n",
      "a: %canary\n b",
      "p: !!int canary",
    ])
      expect(fault(text).message).not.toContain("canary");
  });
});
