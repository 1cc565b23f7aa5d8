import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Declaration } from "../agent/declaration.ts";
import { chart, declared, minimal, template } from "./test-chart.ts";

describe("what the values declare is what the agent reads", () => {
  it("with nothing declared, nothing is followed and nothing is wrong", async () => {
    expect(declared(await template(minimal))).toEqual({ environments: [], invalid: [] });
  });

  it("the schema knows every field of a declaration, and no other", () => {
    const schema = JSON.parse(readFileSync(join(chart, "values.schema.json"), "utf8"));
    const { properties } = schema.properties.environments.items;
    expect(Object.keys(properties).sort()).toEqual(Object.keys(Declaration.shape).sort());
  });

  it("a time written as YAML writes times", async () => {
    const text = `
controlPlane: { url: "https://p.example", token: t }
environments:
  - name: production
    repository: { url: "https://git.example.com/x" }
    suspend: { reason: Freeze, owner: Ada, until: 2027-01-02T03:04:05Z }`;
    const [one] = declared(await template(text)).environments ?? [];
    expect(one?.suspend).toEqual({ reason: "Freeze", owner: "Ada", until: "2027-01-02T03:04:05Z" });
  });

  it("any declaration, whatever its strings look like", async () => {
    const sample = fc.sample(declaration, { numRuns: 150, seed: 42 });
    const environments = sample.map((one, index) => ({
      ...one,
      name: `environment-${index}`,
      // Of those before it, since one that is not declared is refused.
      dependsOn: index % 3 ? [`environment-${index - 1}`] : [],
    }));
    const read = declared(await template({ ...minimal, environments }));
    expect(read.invalid).toEqual([]);
    const wanted = environments.map(({ repository: { credentialsSecret, ...repository }, ...rest }) => {
      const credentials = credentialsSecret && `/etc/plumbline/git/${credentialsSecret}`;
      return Declaration.parse({
        ...rest,
        repository: credentials ? { ...repository, credentials } : repository,
      });
    });
    expect(read.environments).toEqual(wanted);
  });

  const odd = [
    "no",
    "on",
    "null",
    "~",
    "0o14",
    "0x1F",
    "1e3",
    "1_000",
    "2027-01-01",
    "{{ .Release.Name }}",
    "a: b",
    "# no",
    "- x",
    "'",
    '"',
    "\\",
    "\t",
    "a\nb\n",
    "  lead",
    "trail ",
    "<&>",
    "ü漢😀",
    "$(HOME)",
    "%",
    "@",
    "*",
    "!!int 3",
  ];
  const text = fc.oneof(
    fc.constantFrom(...odd),
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.string({ maxLength: 40 }),
  );
  const strings = fc.array(text, { maxLength: 3 });
  const kinds = [
    "Namespace",
    "PersistentVolumeClaim",
    "Job.batch",
    "CustomResourceDefinition.apiextensions.k8s.io",
  ];
  const pointer = text.map((end) => `/${end}`);
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      text,
      fc.boolean(),
      fc.integer({ min: -9e15, max: 9e15 }),
      fc.constant(1.5),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(text, tie("value"), { maxKeys: 3 }),
    ),
  })).value;
  const some = <T>(what: fc.Arbitrary<T>) => fc.option(what, { nil: undefined });
  const defined = (record: object) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
  const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
    fc.record(model).map((one) => defined(one) as T);
  const declaration = record<Record<string, unknown> & { repository: { credentialsSecret?: string } }>({
    repository: record({
      url: fc.constantFrom("https://git.example.com/x?a=1&b=#1", "git@github.com:acme/fleet.git"),
      ref: some(text.filter((ref) => ref !== "")),
      credentialsSecret: some(fc.constantFrom("fleet-git", "my.git.secret", "0")),
    }) as fc.Arbitrary<{ credentialsSecret?: string }>,
    path: some(text),
    mode: some(fc.constantFrom("observe", "sync")),
    interval: some(fc.constantFrom("300ms", "30s", "5m", "1h")),
    namespace: some(fc.constantFrom("quotes", "1", "on")),
    prune: some(fc.boolean()),
    pruneKinds: some(fc.subarray(kinds)),
    recreateKinds: some(fc.subarray(kinds)),
    onConflict: some(fc.constantFrom("take", "refuse")),
    progressDeadline: some(fc.constantFrom("300ms", "30s", "1h")),
    serviceAccountName: some(fc.constantFrom("deployer", "on", "1e3", "team.deployer")),
    serviceAccountNamespace: some(fc.constantFrom("quotes", "1", "null")),
    windows: some(
      fc.array(
        record({
          kind: fc.constantFrom("allow", "deny"),
          schedule: fc.constantFrom("0 18 * * 5", "*/15 8-18 * JAN-MAR MON,WED", "  0 0 L * ? "),
          duration: fc.constantFrom("30s", "12h"),
          timezone: some(fc.constantFrom("UTC", "Europe/Vienna", "Asia/Kolkata")),
          reason: some(text),
        }),
        { maxLength: 3 },
      ),
    ),
    remoteSuspend: some(fc.boolean()),
    renderer: some(fc.constantFrom("auto", "yaml", "kustomize", "helm")),
    helm: some(
      record({
        releaseName: some(text),
        valuesFiles: some(strings),
        values: some(fc.dictionary(text, json, { maxKeys: 4 })),
      }),
    ),
    ignore: some(
      fc.array(
        record({
          group: some(text),
          kind: some(text),
          name: some(text),
          namespace: some(text),
          pointers: some(fc.array(pointer)),
          managers: some(strings),
        }),
        { maxLength: 3 },
      ),
    ),
    mask: some(
      record({
        annotations: some(strings),
        fields: some(fc.array(fc.record({ kind: text, pointer }), { maxLength: 3 })),
      }),
    ),
    additionsCount: some(fc.boolean()),
    labels: some(fc.dictionary(text, text, { maxKeys: 4 })),
    suspend: some(
      record({
        reason: text,
        owner: text,
        until: some(fc.constantFrom("2027-01-02T03:04:05Z", "2027-01-02T03:04:05.678Z")),
      }),
    ),
  });
});
