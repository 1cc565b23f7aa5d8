import { describe, expect, it } from "vitest";
import type { FieldChange } from "../../lib/protocol/object.ts";
import type { Json, KubeObject } from "../object.ts";
import { createMask } from "./index.ts";

const key = Buffer.from("a key that stays in the cluster");
const none = { annotations: [], fields: [] };
const base64 = (text: string) => Buffer.from(text).toString("base64");
const secretOf = (data: { [key: string]: Json }, stringData?: { [key: string]: Json }): KubeObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "db", namespace: "shop" },
  data,
  ...(stringData ? { stringData } : {}),
});
const ref = { group: "", version: "v1", kind: "Secret", namespace: "shop", name: "db" };
const change = (rest: Partial<FieldChange>): FieldChange => ({
  path: "data.password",
  pointer: "/data/password",
  type: "modified",
  counts: true,
  ...rest,
});

describe("the mask", () => {
  it("gives data and stringData of the same value the same token", () => {
    const mask = createMask({ key, rules: none });
    const encoded = mask.object(secretOf({ password: base64("hunter2hunter2") })).data as {
      password: string;
    };
    const plain = mask.object(secretOf({}, { password: "hunter2hunter2" })).stringData as {
      password: string;
    };
    expect(encoded.password).toMatch(/^••• [0-9a-f]{8}$/);
    expect(plain.password).toBe(encoded.password);
  });

  it("gives another value, and another key, another token", () => {
    const secret = secretOf({ a: base64("first value"), b: base64("second value") });
    const { a, b } = createMask({ key, rules: none }).object(secret).data as { a: string; b: string };
    const other = createMask({ key: Buffer.from("another"), rules: none }).object(secret).data as {
      a: string;
    };
    expect(a).not.toBe(b);
    expect(other.a).not.toBe(a);
  });

  it("keeps both sides of a change apart and says that it masked them", () => {
    const [masked] = createMask({ key, rules: none }).changes({ ref }, [
      change({ desired: base64("new one"), observed: base64("old one") }),
    ]);
    expect(masked?.masked).toBe(true);
    expect(masked?.desired).toMatch(/^•••/);
    expect(masked?.desired).not.toBe(masked?.observed);
  });

  it("hides last-applied annotations, the annotations and the fields that rules name", () => {
    const rules = {
      annotations: ["example.com/token"],
      fields: [{ kind: "Widget", pointer: "/spec/tokens/*/value" }],
    };
    const widget: KubeObject = {
      apiVersion: "example.com/v1",
      kind: "Widget",
      metadata: {
        name: "w",
        annotations: {
          "kubectl.kubernetes.io/last-applied-configuration": "{}",
          "example.com/token": "abc",
          plain: "shown",
        },
      },
      spec: { tokens: [{ name: "a", value: "xyz" }], shown: 1 },
    };
    const masked = createMask({ key, rules }).object(widget);
    expect(Object.values(masked.metadata.annotations ?? {})).toEqual([
      expect.stringMatching(/^•••/),
      expect.stringMatching(/^•••/),
      "shown",
    ]);
    expect(masked.spec).toEqual({ tokens: [{ name: "a", value: expect.stringMatching(/^•••/) }], shown: 1 });
    const inside = change({ path: "spec.tokens", pointer: "/spec/tokens", desired: [{ value: "xyz" }] });
    const [hidden] = createMask({ key, rules }).changes(
      { ref: { ...ref, group: "example.com", kind: "Widget" } },
      [inside],
    );
    expect(JSON.stringify(hidden)).not.toContain("xyz");
  });

  it("leaves references to Secrets, and the object it is given, as they are", () => {
    const pod: KubeObject = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p" },
      spec: { env: [{ valueFrom: { secretKeyRef: { name: "db", key: "password" } } }] },
    };
    const mask = createMask({ key, rules: none });
    expect(mask.object(pod)).toEqual(pod);
    const secret = secretOf({ password: base64("hunter2hunter2") });
    const before = structuredClone(secret);
    mask.object(secret);
    expect(secret).toEqual(before);
  });

  it("takes known values out of other objects and of text, but not out of names", () => {
    const mask = createMask({ key, rules: none });
    mask.object(
      secretOf({
        url: base64("postgres://app:s3cr3t-pass@db/shop"),
        env: base64("TOKEN=abcdef123456\nDEBUG=1"),
        user: base64("postgres"),
      }),
    );
    expect(mask.text('dial "s3cr3t-pass": refused, token abcdef123456')).toBe(
      'dial "•••": refused, token •••',
    );
    expect(
      mask.object({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "postgres" },
        data: { a: "postgres" },
      }),
    ).toMatchObject({
      metadata: { name: "postgres" },
      data: { a: "•••" },
    });
  });

  it.each([
    ["stringData that is no map", { stringData: "correct horse" }],
    ["a value in a list", { stringData: { password: ["correct horse"] } }],
    ["a misspelt field", { stringdata: { password: "correct horse" } }],
  ])("hides %s, in what is said of it as well", (_, fields) => {
    const mask = createMask({ key, rules: none });
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "db" }, ...fields } as KubeObject;
    expect(JSON.stringify(mask.object(secret))).not.toContain("horse");
    const [[field, desired]] = Object.entries(fields) as [[string, never]];
    const missing = change({ path: field, pointer: `/${field}`, type: "missing", desired });
    expect(JSON.stringify(mask.changes({ ref, desired: secret }, [missing]))).not.toContain("horse");
    expect(mask.text("got &{correct horse}")).not.toContain("horse");
  });

  it("survives shapes that no Secret has", () => {
    const mask = createMask({
      key,
      rules: { annotations: ["a"], fields: [{ kind: "Secret", pointer: "/data/*/x/0" }] },
    });
    for (const data of [null, [], "text", 5, { a: null, b: [1], c: { x: ["deep secret"] } }] as Json[])
      expect(JSON.stringify(mask.object(secretOf(data as never, data as never)))).not.toContain(
        "deep secret",
      );
    const odd = JSON.parse(
      '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","annotations":[1]},"data":{"__proto__":"aGVsbG8gd29ybGQ="}}',
    ) as KubeObject;
    expect(JSON.stringify(mask.object(odd))).not.toContain("aGVsbG8gd29ybGQ");
  });
});
