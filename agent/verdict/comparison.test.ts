import { Buffer } from "node:buffer";
import { expect, it } from "vitest";
import { Declaration } from "../declaration.ts";
import { schemasFrom } from "../diff/index.ts";
import { createMask } from "../mask/index.ts";
import type { Sight } from "../sight.ts";
import { openComparison } from "./comparison.ts";

const ref = { group: "", version: "v1", kind: "ConfigMap", namespace: "shop", name: "old" };

it("keeps an object that Git dropped while it cannot be read, and forgets it once it is gone", () => {
  let sight: Sight = { is: "hidden", reason: "The API server does not answer." };
  const comparison = openComparison({ look: () => sight });
  const judgement = {
    declaration: Declaration.parse({
      name: "production",
      repository: { url: "https://example.com/x" },
      path: ".",
    }),
    schemas: schemasFrom([]),
    mask: createMask({ key: Buffer.alloc(32), rules: { annotations: [], fields: [] } }),
    fieldManager: "plumbline",
    committedAt: "2026-11-20T10:00:00Z",
  };
  comparison.set({ judgement, desired: [], inventory: [ref] });
  expect(comparison.judge("all", {})).toMatchObject([
    { ref, sync: "Unknown", syncReason: "The API server does not answer." },
  ]);
  sight = {
    is: "there",
    object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "old", namespace: "shop" } },
    related: {},
  };
  expect(comparison.judge("all", {})).toMatchObject([{ ref, sync: "Extra" }]);
  sight = { is: "absent" };
  expect(comparison.judge("all", {})).toEqual([]);
});
