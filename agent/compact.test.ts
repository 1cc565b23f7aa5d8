import { expect, it } from "vitest";
import { compact } from "./compact.ts";
import { ownersOf } from "./diff/owners.ts";
import type { KubeObject } from "./object.ts";

const settings = (): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: {
    name: "settings",
    labels: { team: "payments" },
    managedFields: [
      {
        manager: "plumbline",
        operation: "Apply",
        time: "2026-11-20T09:00:00Z",
        fieldsType: "FieldsV1",
        fieldsV1: { "f:data": { "f:level": {} } },
      },
      { manager: "kubectl-edit", operation: "Update", fieldsV1: { "f:data": { ".": {}, "f:mode": {} } } },
      null,
    ],
  },
  data: { level: "info", lines: "a\nb\n" },
});

it("reads as it did before, field owners included", () => {
  const kept = compact(settings());
  expect(JSON.parse(JSON.stringify(kept))).toEqual(settings());
  expect(ownersOf(kept, "plumbline")).toEqual(ownersOf(settings(), "plumbline"));
});

it("keeps an own property called __proto__ where it is", () => {
  const kept = compact(JSON.parse('{"kind":"X","metadata":{"name":"x"},"data":{"__proto__":"text"}}'));
  expect(JSON.stringify(kept.data)).toBe('{"__proto__":"text"}');
});
