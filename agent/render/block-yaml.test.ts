import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { readBlockYaml } from "./block-yaml.ts";
import { parsedDocuments } from "./yaml-documents.ts";

const limits = { maxYamlNodes: 10_000, maxYamlDepth: 50 };
const root = join(import.meta.dirname, "..", "..");

/** What the whole parser makes of a text: its only document, or undefined where there is none or it is refused. */
function whole(text: string) {
  try {
    const documents = [...parsedDocuments(text, 1, limits)];
    return documents.length === 1 ? { value: documents[0]?.value, line: documents[0]?.line } : undefined;
  } catch {
    return undefined;
  }
}

/** Whatever it takes, it reads as the whole parser does; answers whether it took it. */
function agrees(text: string): boolean {
  const read = readBlockYaml(text, limits);
  if (read) expect(read, text).toStrictEqual(whole(text));
  return read !== undefined;
}

const manifest = `--- 
# An application.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app   
  labels: &labels
    app: app
  annotations:
    "example.com/note": 'a # that is none'
spec:
  replicas: 3
  paused: no # for now

  template:
    metadata:
      labels: *labels
    spec:
      containers:
      - name: app
        args: []
        command:
          - "sh"
          - -c
          - "quoted"   # and why
          - echo 010 0x10 1_000 1.5
        script: |
          first

            second # of the text
          third
        last: |-
          here
      volumes:
`;

const lists = Array.from(
  { length: 8 },
  (_, at) => `l${at + 1}: &l${at + 1}\n${`  - a: *l${at}\n`.repeat(9)}`,
);
const bomb = `l0: &l0\n  a: 1\n${lists.join("")}`;

it("reads what manifests are made of", () => {
  expect(readBlockYaml(manifest, limits)).toMatchObject({
    line: 3,
    value: { spec: { paused: false, template: { spec: { volumes: null } } } },
  });
  expect(agrees(manifest)).toBe(true);
});

it.each([
  ["an anchor of a text", "a: &x 1\n"],
  ["an alias without an anchor", "a: *x\n"],
  ["an anchor that contains itself", "a: &x\n  b: *x\n"],
  ["an anchor that stands twice", "a: &x\n  b: 1\nc: &x\n  d: 1\n"],
  ["an alias that grows too large", bomb],
  ["a tag", "a: !!str 1\n"],
  ["a merge", "<<: 1\n"],
  ["a flow mapping", "a: { b: 1 }\n"],
  ["a folded block", "a: >\n  b\n"],
  ["a text on two lines", "a: b\n  c\n"],
  ["an escape", 'a: "\\n"\n'],
  ["a tab", "a:\n\tb: 1\n"],
  ["carriage returns", "a: b\r\n"],
  ["a key that stands twice", "a: 1\na: 2\n"],
  ["a key that is a number", "1: a\n"],
  ["a key that is a truth value", "on: a\n"],
  ["a prototype", "__proto__: a\n"],
  ["a number that is rounded", "a: 9007199254740993\n"],
  ["a number that JSON does not have", "a: .inf\n"],
  ["a list of lists", "a:\n- - b\n"],
  ["a list at the top", "- a\n"],
  ["a second document", "a: b\n--- c\n"],
  ["an end of the document", "a: b\n...\n"],
  ["a literal that keeps its end", "a: |+\n  b\n\n"],
  ["a literal whose first line is not its least indented", "a: |\n    b\n  c\n"],
  ["nothing", "# nothing\n"],
  ["too many values", `a:\n${"- b\n".repeat(10_001)}`],
])("leaves %s to the whole parser", (_, text) => {
  expect(readBlockYaml(text, limits)).toBeUndefined();
});

it("agrees with the whole parser on every YAML file of this repository, as it is and in blocks", () => {
  const files = globSync("{agent,charts,e2e,scripts}/**/*.{yaml,yml}", { cwd: root });
  const chunks = files.flatMap((file) => readFileSync(join(root, file), "utf8").split(/^(?=---(?:\s|$))/m));
  for (const chunk of chunks) agrees(chunk);
  const documents = chunks.map(whole).filter((one) => one !== undefined);
  const taken = documents.filter(({ value }) => agrees(stringify(value, { lineWidth: 0 })));
  expect(taken.length).toBeGreaterThan(documents.length * 0.8);
});

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    "a: b",
    "- a",
    "x #y",
    "-",
    "--flag=1",
    "0777",
    "1e3",
    "yes",
    "~",
    "",
    " ",
    "two\nlines\n",
    "\n\na",
    "a\n\n",
  ),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("any"), { maxLength: 3 }),
    tie("map"),
  ),
  map: fc.dictionary(fc.oneof(fc.stringMatching(/^[a-z][a-z./-]{0,5}$/), text), tie("any"), { maxKeys: 4 }),
})).map;

it("agrees with the whole parser on whatever is written as YAML", () => {
  let taken = 0;
  fc.assert(
    fc.property(value, fc.boolean(), (written, indentSeq) => {
      // What stands in it twice is written as an alias.
      const twice = { first: written, second: { third: written } };
      if (agrees(stringify(twice, { indentSeq, lineWidth: 0 }))) taken++;
    }),
    { numRuns: 100 },
  );
  expect(taken).toBeGreaterThan(20);
});

it("agrees with the whole parser on manifests in which something was changed at random", () => {
  const piece = fc.constantFrom(
    " ",
    "  ",
    "\n",
    "-",
    "- ",
    ":",
    ": ",
    "#",
    " #",
    "'",
    '"',
    "|",
    "a",
    "0",
    "{}",
    "[",
    "&",
    "*",
    "!",
    "?",
    "",
  );
  fc.assert(
    fc.property(fc.nat(manifest.length), fc.nat(3), piece, (at, cut, put) => {
      agrees(manifest.slice(0, at) + put + manifest.slice(at + cut));
    }),
    { numRuns: 300 },
  );
});
