import { describe, expect, it } from "vitest";
import type { Json, KubeObject } from "../object.ts";
import { schemasFrom } from "./index.ts";
import { diff, object, ours, owned, schemas } from "./test-fixtures.ts";

const container = (rest: { [key: string]: Json }) => ({ name: "quotes", image: "quotes:1", ...rest });
const deployment = (containers: Json[], managedFields: Json[] = [], rest: { [key: string]: Json } = {}) =>
  object("apps/v1", "Deployment", {
    metadata: { managedFields },
    spec: { ...rest, template: { spec: { containers } } },
  });
const inContainer = (fields: Json): Json => ({
  "f:spec": { "f:template": { "f:spec": { "f:containers": { 'k:{"name":"quotes"}': fields } } } },
});
const widget = (spec: { [key: string]: Json }, managedFields: Json[] = []) =>
  object("referee.example.com/v1", "Widget", { metadata: { managedFields }, spec });

describe("what changed", () => {
  it("is told with path, pointer, both values, and who did it when", () => {
    const { differs, changes } = diff(
      deployment([container({})]),
      deployment(
        [container({ image: "quotes:2" })],
        [ours(inContainer({ "f:name": {} })), owned("kubectl-edit", inContainer({ "f:image": {} }))],
      ),
    );
    expect(differs).toBe(true);
    expect(changes).toEqual([
      {
        path: "spec.template.spec.containers[name=quotes].image",
        pointer: "/spec/template/spec/containers/0/image",
        type: "modified",
        counts: true,
        desired: "quotes:1",
        observed: "quotes:2",
        by: {
          manager: "kubectl-edit",
          operation: "Update",
          time: "2026-11-20T10:00:00.000Z",
          who: "kubectl edit",
        },
      },
    ]);
  });

  it("is missing where only Git sets it, with whoever wrote after us as far as that can be told", () => {
    const { changes } = diff(
      deployment([container({ args: ["a"] })]),
      deployment(
        [container({})],
        [ours(inContainer({ "f:image": {} })), owned("kubectl-patch", { "f:spec": { "f:replicas": {} } })],
      ),
    );
    expect(changes).toMatchObject([
      { type: "missing", pointer: "/spec/template/spec/containers/0/args", by: { who: "kubectl patch" } },
    ]);
    const nobody = diff(
      deployment([container({ args: ["a"] })]),
      deployment([container({})], [ours(inContainer({}))]),
    );
    expect(nobody.changes[0]?.by).toBeUndefined();
  });

  it("is removed where Git dropped a field that only we own", () => {
    const fields = inContainer({ "f:workingDir": {}, "f:image": {} });
    const observed = deployment([container({ workingDir: "/srv" })], [ours(fields)]);
    expect(diff(deployment([container({})]), observed).changes).toMatchObject([
      {
        type: "removed",
        counts: true,
        observed: "/srv",
        path: "spec.template.spec.containers[name=quotes].workingDir",
      },
    ]);
  });

  it("is no change where Git dropped a field that someone else owns too, or that has its default", () => {
    const fields = inContainer({ "f:workingDir": {}, "f:terminationMessagePath": {} });
    const rest = { workingDir: "/srv", terminationMessagePath: "/dev/termination-log" };
    const observed = deployment(
      [container(rest)],
      [ours(fields), owned("helm", inContainer({ "f:workingDir": {} }))],
    );
    const { differs, changes } = diff(deployment([container({})]), observed);
    expect(differs).toBe(false);
    expect(changes).toMatchObject([]);
  });

  it("removes a list's item and a map's key that Git dropped", () => {
    const fields = {
      "f:spec": { "f:tags": { 'v:"a"': {}, 'v:"b"': {} }, "f:options": { "f:x": {}, "f:y": {} } },
    };
    const { changes } = diff(
      widget({ tags: ["a"], options: { x: "1" } }),
      widget({ tags: ["a", "b", "c"], options: { x: "1", y: "2", z: "3" } }, [ours(fields)]),
    );
    expect(changes.map(({ type, path }) => `${type} ${path}`)).toEqual([
      "removed spec.tags[b]",
      "removed spec.options.y",
    ]);
  });
});

describe("lists and maps", () => {
  it("merge by their keys, whatever others added", () => {
    const mine = container({ env: [{ name: "A", value: "1" }] });
    const theirs = container({
      env: [
        { name: "X", value: "9" },
        { name: "A", value: "1" },
      ],
    });
    expect(diff(deployment([mine]), deployment([{ name: "sidecar", image: "s" }, theirs])).differs).toBe(
      false,
    );
  });

  it("differ in the order of what both have", () => {
    const env = (names: string[]) => deployment([container({ env: names.map((name) => ({ name })) })]);
    expect(diff(env(["A", "B"]), env(["B", "X", "A"])).changes).toMatchObject([
      { path: "spec.template.spec.containers[name=quotes].env" },
    ]);
  });

  it("are compared as a whole where they are atomic, or no schema is known", () => {
    expect(diff(widget({ words: ["a"] }), widget({ words: ["a", "b"] })).changes).toMatchObject([
      { pointer: "/spec/words", type: "modified" },
    ]);
    expect(diff(widget({ selector: { a: "b" } }), widget({ selector: { a: "b", c: "d" } })).differs).toBe(
      true,
    );
    const unknown = (spec: Json) => object("unknown.example.com/v1", "Thing", { spec });
    expect(diff(unknown({ list: [1] }), unknown({ list: [1, 2] })).differs).toBe(true);
    expect(diff(unknown({ map: { a: 1 } }), unknown({ map: { a: 1, b: 2 } })).differs).toBe(false);
  });

  it("keep explicit zeros apart from absent fields where the server does", () => {
    expect(
      diff(deployment([container({ stdin: false, tty: false })]), deployment([container({})])).differs,
    ).toBe(false);
    const privileged = container({ securityContext: { privileged: false, runAsUser: 0 } });
    expect(
      diff(deployment([privileged]), deployment([container({ securityContext: {} })])).changes,
    ).toHaveLength(2);
    expect(diff(widget({ enabled: false }), widget({})).differs).toBe(true);
  });
});

describe("additions by others", () => {
  const fields: Json = {
    "f:metadata": { "f:annotations": { ".": {}, "f:note": {} } },
    ...(inContainer({
      "f:image": {},
      "f:imagePullPolicy": {},
      "f:env": { 'k:{"name":"DEBUG"}': { ".": {}, "f:name": {}, "f:value": {} } },
    }) as object),
  };
  const observed = (manager: string) => {
    const one = deployment(
      [container({ imagePullPolicy: "IfNotPresent", env: [{ name: "DEBUG", value: "1" }] })],
      [owned(manager, fields)],
    );
    one.metadata.annotations = { note: "mine" };
    return one;
  };

  it("are shown with their manager, count only where asked for, and leave the server's defaults out", () => {
    const { differs, changes } = diff(deployment([container({})]), observed("kubectl-edit"));
    expect(differs).toBe(false);
    expect(changes).toMatchObject([
      {
        type: "added",
        counts: false,
        path: "metadata.annotations.note",
        observed: "mine",
        by: { who: "kubectl edit" },
      },
      { type: "added", counts: false, path: "spec.template.spec.containers[name=quotes].env[name=DEBUG]" },
    ]);
    expect(
      diff(deployment([container({})]), observed("kubectl-edit"), { additionsCount: true }).differs,
    ).toBe(true);
  });

  it("are not what the control plane writes down for itself", () => {
    expect(diff(deployment([container({})]), observed("kube-controller-manager")).changes).toEqual([]);
  });
});

describe("replicas", () => {
  const scaled = (manager: string, rest: { [key: string]: Json } = { subresource: "scale" }) =>
    deployment([], [owned(manager, { "f:spec": { "f:replicas": {} } }, rest)], { replicas: 5 });

  it("that an autoscaler owns are no drift, and it says so", () => {
    const { differs, ignored, notes } = diff(
      deployment([], [], { replicas: 2 }),
      scaled("kube-controller-manager"),
    );
    expect({ differs, ignored }).toEqual({ differs: false, ignored: 1 });
    expect(notes[0]).toContain("autoscaler (kube-controller-manager");
  });

  it("that a person scaled are", () => {
    expect(diff(deployment([], [], { replicas: 2 }), scaled("kubectl")).changes).toMatchObject([
      { by: { who: "kubectl scale" } },
    ]);
    expect(diff(deployment([], [], { replicas: 2 }), scaled("kubectl-edit", {})).differs).toBe(true);
  });
});

describe("ignore rules", () => {
  const changed = deployment(
    [container({ image: "quotes:2" })],
    [owned("argo", inContainer({ "f:image": {} }))],
    { replicas: 3 },
  );
  const wanted = deployment([container({})], [], { replicas: 1 });

  it.each([
    ["a pointer", { pointers: ["/spec/replicas"] }, 1],
    [
      "a pointer with a star",
      { kind: "Deployment", pointers: ["/spec/template/spec/containers/*/image"] },
      1,
    ],
    ["a field manager", { managers: ["argo"] }, 1],
    ["a whole object", { group: "apps", kind: "Deployment", name: "quotes", namespace: "shop" }, 2],
    ["another object", { kind: "StatefulSet" }, 0],
    ["another namespace", { namespace: "elsewhere" }, 0],
  ])("hide what %s names and count it", (_, rule, hidden) => {
    const { ignored, changes } = diff(wanted, changed, { ignore: [rule] });
    expect({ ignored, left: changes.length }).toEqual({ ignored: hidden, left: 2 - hidden });
  });
});

describe("hostile shapes", () => {
  it("are compared without an error", () => {
    const odd: Json[] = [
      null,
      [],
      [1],
      "text",
      0,
      { a: 1 },
      [[["x"]]],
      JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}') as Json,
    ];
    for (const left of odd)
      for (const right of odd) {
        const one = object("apps/v1", "Deployment", {
          spec: left as never,
          metadata: { managedFields: right, labels: left as never },
        });
        const other = object("apps/v1", "Deployment", {
          spec: right as never,
          metadata: { managedFields: left, labels: right as never },
        });
        expect(typeof diff(one, other).differs).toBe("boolean");
      }
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it("tell labels named like JavaScript's own properties apart", () => {
    const labelled = (labels: string) =>
      object("v1", "ConfigMap", { metadata: { labels: JSON.parse(labels) as never } });
    expect(diff(labelled('{"constructor":"a","__proto__":"b"}'), labelled("{}")).changes).toHaveLength(2);
    expect(diff(labelled('{"constructor":"a","__proto__":"b"}'), labelled('{"x":"y"}')).changes).toHaveLength(
      2,
    );
  });

  it("may be nested ten thousand deep", () => {
    const deep = (leaf: Json) => {
      let value: Json = leaf;
      for (let level = 0; level < 10_000; level++) value = level % 2 ? { a: value } : [value];
      return object("unknown.example.com/v1", "Thing", { spec: { a: value } });
    };
    expect(diff(deep(1), deep(1)).differs).toBe(false);
    expect(diff(deep(1), deep(2)).differs).toBe(true);
  });

  it("give paths and pointers that fit a report", () => {
    const key = "k".repeat(5000);
    const { changes } = diff(
      object("v1", "ConfigMap", { data: { [key]: "a" } }),
      object("v1", "ConfigMap", { data: { [key]: "b" } }),
    );
    expect(changes[0]?.path.length).toBeLessThanOrEqual(1024);
    expect(changes[0]?.pointer.length).toBeLessThanOrEqual(1024);
  });
});

describe("schemas", () => {
  const thing = (listType: string) => ({
    components: {
      schemas: {
        "com.example.v1.Late": {
          type: "object",
          properties: {
            spec: {
              type: "object",
              properties: {
                l: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": listType },
              },
            },
          },
          "x-kubernetes-group-version-kind": [{ group: "example.com", version: "v1", kind: "Late" }],
        },
      },
    },
  });
  const late = (l: Json): KubeObject => object("example.com/v1", "Late", { spec: { l } });

  it("appear and change with their custom resource definition", () => {
    const all = schemasFrom([]);
    const gvk = { group: "example.com", version: "v1", kind: "Late" };
    expect(all.find(gvk)).toBeUndefined();
    all.add(thing("set"));
    expect(diff(late(["a"]), late(["a", "b"]), { schema: all.find(gvk) }).differs).toBe(false);
    all.add(thing("atomic"));
    expect(diff(late(["a"]), late(["a", "b"]), { schema: all.find(gvk) }).differs).toBe(true);
  });

  it("of custom resources drop what the server drops, and keep what it keeps", () => {
    const all = schemasFrom([]);
    const keeping = { "x-kubernetes-preserve-unknown-fields": true };
    const properties = {
      open: { type: "object", additionalProperties: true },
      bare: { type: "object" },
      keeping: { type: "object", ...keeping, properties: { known: { type: "object", properties: {} } } },
      text: { type: "string", nullable: true, default: "there" },
      strict: { type: "string", default: "there" },
      map: { type: "object", nullable: true, additionalProperties: { type: "string" } },
    };
    all.add({
      components: {
        schemas: {
          "com.example.v1.Odd": {
            type: "object",
            properties: { spec: { type: "object", properties } },
            "x-kubernetes-group-version-kind": [{ group: "example.com", version: "v1", kind: "Odd" }],
          } as object,
        },
      },
    });
    const schema = all.find({ group: "example.com", version: "v1", kind: "Odd" });
    const odd = (spec: Json) => object("example.com/v1", "Odd", { spec });
    const differs = (desired: Json, observed: Json) => diff(odd(desired), odd(observed), { schema }).differs;
    expect(differs({ open: { a: 1, b: { c: 1 } } }, { open: { a: 1, b: {} } })).toBe(false);
    expect(differs({ open: { a: 1 } }, { open: { a: 2 } })).toBe(true);
    expect(differs({ bare: { a: 1 } }, { bare: {} })).toBe(false);
    expect(differs({ keeping: { known: { a: 1 } } }, { keeping: { known: {} } })).toBe(false);
    expect(differs({ keeping: { unknown: { a: 1 } } }, { keeping: { unknown: {} } })).toBe(true);
    expect(differs({ text: null }, { text: "there" })).toBe(true);
    expect(differs({ strict: null }, { strict: "there" })).toBe(false);
    expect(differs({ map: null }, { map: {} })).toBe(true);
    expect(differs({ map: null }, { map: { a: "b" } })).toBe(false);
  });

  it("know Kubernetes' own kinds by group, version and kind", () => {
    expect(schemas.find({ group: "apps", version: "v1", kind: "Deployment" })?.type).toBe("Deployment");
    expect(schemas.find({ group: "", version: "v1", kind: "Service" })?.type).toBe("Service");
  });
});
