import { Prisma, type Transaction } from "../db.ts";
import { type ContainerImage, imagesIn } from "../manifests/images.ts";
import { readManifests } from "../manifests/read-manifests.ts";

/** Of manifests that were recorded before images were, so many are looked into at one time. */
const mostAtOnce = 1000;

/** The images of manifests by digest; those of manifests that have not arrived are not in the answer. */
export async function readImages(
  tx: Transaction,
  organizationId: string,
  digests: string[],
): Promise<Map<string, ContainerImage[]>> {
  const wanted = [...new Set(digests)];
  const rows = await tx.$queryRaw<{ digest: string; images: ContainerImage[] | null }[]>`
    select m.digest, m.images from unnest(${wanted}::text[]) as d(digest)
    join manifests m on m.organization_id = ${organizationId}::uuid and m.digest = d.digest`;
  const found = new Map(rows.flatMap(({ digest, images }) => (images ? [[digest, images] as const] : [])));
  const unread = rows.flatMap(({ digest, images }) => (images ? [] : digest)).slice(0, mostAtOnce);
  for (const [digest, images] of await lookInto(tx, organizationId, unread)) found.set(digest, images);
  return found;
}

/** Looks into bodies and remembers what is there, so that nobody has to again. */
async function lookInto(tx: Transaction, organizationId: string, digests: string[]) {
  const bodies = await readManifests(tx, organizationId, digests);
  const images = [...bodies].map(([digest, body]) => [digest, imagesIn(body)] as const);
  if (images.length > 0)
    await tx.$executeRaw(Prisma.sql`
      update manifests m set images = n.images
      from jsonb_to_recordset(${JSON.stringify(images.map(([digest, found]) => ({ digest, images: found })))}::jsonb)
        as n(digest text, images jsonb)
      where m.organization_id = ${organizationId}::uuid and m.digest = n.digest`);
  return images;
}
