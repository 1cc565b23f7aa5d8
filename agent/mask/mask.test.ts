import { describe, expect, it } from "vitest";
import type { KubeObject } from "../object.ts";
import { createMask } from "./index.ts";

const key = Buffer.from("a key that stays in the cluster");
const noRules = { annotations: [], fields: [] };
const secretOf = (data: Record<string, string>, stringData?: Record<string, string>): KubeObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "db", namespace: "shop" },
  data,
  ...(stringData ? { stringData } : {}),
});
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("the mask", () => {
  it("gives data and stringData of the same value the same token", () => {
    const mask = createMask({ key, rules: noRules });
    const encoded = mask.object(secretOf({ password: base64("hunter2hunter2") }));
    const plain = mask.object(secretOf({}, { password: "hunter2hunter2" }));
    const tokenOf = (part: unknown) => (part as { password: string }).password;
    expect(tokenOf(encoded.data)).toMatch(/^••• [0-9a-f]{8}$/);
    expect(tokenOf(plain.stringData)).toBe(tokenOf(encoded.data));
  });

  it("gives another value, and another key, another token", () => {
    const one = createMask({ key, rules: noRules });
    const other = createMask({ key: Buffer.from("another key"), rules: noRules });
    const secret = secretOf({ a: base64("first value"), b: base64("second value") });
    const { a, b } = one.object(secret).data as { a: string; b: string };
    expect(a).not.toBe(b);
    expect((other.object(secret).data as { a: string }).a).not.toBe(a);
  });

  it("does not change the object it is given", () => {
    const secret = secretOf({ password: base64("hunter2hunter2") });
    const before = structuredClone(secret);
    createMask({ key, rules: noRules }).object(secret);
    expect(secret).toEqual(before);
  });
});
