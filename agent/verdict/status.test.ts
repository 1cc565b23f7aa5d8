import { expect, it } from "vitest";
import { Declaration } from "../declaration.ts";
import { schemasFrom } from "../diff/index.ts";
import { createMask } from "../mask/index.ts";
import type { KubeObject } from "../object.ts";
import { sha256 } from "./digests.ts";
import { bodyOf, judgeDesired } from "./status.ts";

const declaration = Declaration.parse({ name: "shop", repository: { url: "https://git.example.com/shop" } });
const settings: KubeObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings" },
  data: { note: "the password is tangerine-dream" },
};

it("digests the same observed object anew once the mask has learned what to hide in it", () => {
  const mask = createMask({ key: Buffer.alloc(32), rules: declaration.mask });
  const judgement = {
    ...{ declaration, mask, schemas: schemasFrom([]) },
    ...{ fieldManager: "plumbline", committedAt: "2026-01-01T00:00:00Z" },
  };
  const observed = structuredClone(settings);
  const digest = () =>
    judgeDesired(judgement, { object: settings }, { is: "there", object: observed, related: {} }, undefined)
      .observedDigest;
  const before = digest();
  expect(digest()).toBe(before);
  mask.object({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "login" },
    stringData: { password: "tangerine-dream" },
  });
  expect(digest()).not.toBe(before);
  expect(digest()).toBe(sha256(bodyOf(mask, observed)));
});
