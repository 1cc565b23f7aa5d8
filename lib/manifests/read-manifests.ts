import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { z } from "zod";
import type { Transaction } from "../db.ts";

const unzip = promisify(gunzip);
type Json = z.infer<ReturnType<typeof z.json>>;

/** Masked manifests by digest; digests whose bodies have not arrived are not in the answer. */
export async function readManifests(
  tx: Transaction,
  organizationId: string,
  digests: string[],
): Promise<Map<string, Json>> {
  if (digests.length === 0) return new Map();
  const rows = await tx.manifest.findMany({ where: { organizationId, digest: { in: digests } } });
  const bodies = await Promise.all(rows.map(({ body }) => unzip(body)));
  return new Map(
    rows.map(({ digest }, index) => [digest, JSON.parse(bodies[index]!.toString("utf8")) as Json]),
  );
}
