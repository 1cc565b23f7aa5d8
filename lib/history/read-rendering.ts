import type { Transaction } from "../db.ts";
import { readManifests } from "../manifests/read-manifests.ts";
import type { RanManifest } from "./schemas.ts";

type Where = { organizationId: string; environmentId: string };

/** Object key to manifest digest of what one rendered digest stood for; null where that is not kept. */
export async function findRendering(
  tx: Transaction,
  { organizationId, environmentId }: Where,
  renderedDigest: string | null,
): Promise<Map<string, string> | null> {
  if (!renderedDigest) return null;
  const rendering = await tx.rendering.findUnique({
    where: { organizationId_environmentId_renderedDigest: { organizationId, environmentId, renderedDigest } },
  });
  return rendering && new Map(Object.entries(rendering.manifests as Record<string, string>));
}

/** Objects by key with their masked manifests, in the order of their keys; a body that is not kept is null. */
export async function readRendering(
  tx: Transaction,
  where: Where,
  renderedDigest: string | null,
): Promise<RanManifest[]> {
  const digests = [...((await findRendering(tx, where, renderedDigest)) ?? [])];
  const bodies = await readManifests(
    tx,
    where.organizationId,
    digests.map(([, digest]) => digest),
  );
  return digests
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, digest]) => ({ key, digest, manifest: bodies.get(digest) ?? null }));
}
