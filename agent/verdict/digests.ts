import { createHash, createHmac } from "node:crypto";
import { canonicalJson } from "../../lib/protocol/canonical.ts";
import { objectKey } from "../../lib/protocol/object.ts";
import { type DesiredObject, type KubeObject, refOf, SERVER_METADATA } from "../object.ts";

/** An observed object as a manifest would say it: without status and the API server's bookkeeping. */
export function asManifest(object: KubeObject): KubeObject {
  const { status: _, ...rest } = object;
  const metadata = { ...object.metadata };
  for (const field of SERVER_METADATA) delete metadata[field];
  return { ...rest, metadata } as KubeObject;
}

/** SHA-256 of a text, lower-case hex. */
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** HMAC-SHA-256 over everything rendered, unmasked: equal means byte-for-byte equal manifests, and nothing else. */
export function renderedDigest(key: Uint8Array, objects: readonly DesiredObject[]): string {
  const hmac = createHmac("sha256", key);
  const lines = objects.map(({ object }) => [objectKey(refOf(object)), object] as const);
  lines.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [, object] of lines) hmac.update(`${canonicalJson(object)}\n`);
  return hmac.digest("hex");
}
