import { Prisma, type Transaction } from "../db.ts";
import { objectKey, type ResourceStatus } from "../protocol/object.ts";
import type { Report } from "../protocol/report.ts";
import type { Counts } from "../protocol/state.ts";

type Where = { organizationId: string; environmentId: string };

/** Brings the stored objects up to a report, in one statement each way; answers digests nobody has sent yet. */
export async function writeResources(tx: Transaction, where: Where, report: Report): Promise<string[]> {
  const { organizationId, environmentId } = where;
  // Two statuses of one object in one report are one: the later says it.
  const byKey = new Map(report.resources.map((resource) => [objectKey(resource.ref), resource]));
  const keys = [...byKey.keys()];
  if (report.base === null)
    await tx.$executeRaw`delete from resources
      where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid and key <> all(${keys}::text[])`;
  else if (report.removed.length > 0)
    await tx.$executeRaw`delete from resources
      where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid and key = any(${report.removed}::text[])`;
  if (keys.length === 0) return [];
  const rows = JSON.stringify([...byKey].map(([key, resource]) => ({ key, ...resource })));
  await tx.$executeRaw`
    insert into resources as r (organization_id, environment_id, key, ref, sync, sync_reason, health, health_reason, cause,
      changes, ignored, desired_digest, observed_digest, source, children, children_left, events, lacks)
    select ${organizationId}::uuid, ${environmentId}::uuid, n.key, n.ref, n.sync, n."syncReason", n.health, n."healthReason",
      n.cause, n.changes, n.ignored, n."desiredDigest", n."observedDigest", n.source,
      n.children, n."childrenLeft", n.events, n.lacks
    from jsonb_to_recordset(${rows}::jsonb) as n(key text, ref jsonb, sync text, "syncReason" text, health text,
      "healthReason" text, cause text, changes jsonb, ignored int, "desiredDigest" text, "observedDigest" text, source jsonb,
      children jsonb, "childrenLeft" int, events jsonb, lacks text)
    on conflict (organization_id, environment_id, key) do update set
      ref = excluded.ref, sync = excluded.sync, sync_reason = excluded.sync_reason, health = excluded.health,
      health_reason = excluded.health_reason, cause = excluded.cause, changes = excluded.changes,
      ignored = excluded.ignored, desired_digest = excluded.desired_digest, observed_digest = excluded.observed_digest,
      source = excluded.source, children = excluded.children, children_left = excluded.children_left,
      events = excluded.events, lacks = excluded.lacks`;
  const digests = [
    ...new Set(
      [...byKey.values()].flatMap(({ desiredDigest, observedDigest }) =>
        [desiredDigest ?? [], observedDigest ?? []].flat(),
      ),
    ),
  ];
  const lacking = await tx.$queryRaw<{ digest: string }[]>`
    select d.digest from unnest(${digests}::text[]) as d(digest)
    where not exists (select from manifests m where m.organization_id = ${organizationId}::uuid and m.digest = d.digest)`;
  return lacking.map(({ digest }) => digest);
}

/** How many of an environment's objects are in each status. */
export async function countResources(
  tx: Transaction,
  { organizationId, environmentId }: Where,
): Promise<Counts> {
  const groups = await tx.$queryRaw<{ sync: string; health: string; cause: string | null; n: number }[]>`
    select sync, health, case when sync in ('Modified', 'Missing', 'Extra') then cause end as cause, count(*)::int as n
    from resources where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid
    group by 1, 2, 3`;
  const counts = { sync: {}, health: {}, cause: {} } as Record<keyof Counts, Record<string, number>>;
  const add = (axis: keyof Counts, value: string, n: number) => {
    counts[axis][value] = (counts[axis][value] ?? 0) + n;
  };
  for (const { sync, health, cause, n } of groups) {
    add("sync", sync, n);
    add("health", health, n);
    if (cause) add("cause", cause, n);
  }
  return counts;
}

/** The columns of a stored object under the protocol's names. */
export const resourceColumns = Prisma.sql`ref, sync, sync_reason as "syncReason", health,
  health_reason as "healthReason", cause, changes, ignored, desired_digest as "desiredDigest",
  observed_digest as "observedDigest", source, children, children_left as "childrenLeft", events`;

/** Objects that differ or do not work, at most a thousand of them. */
export async function listDivergentResources(
  tx: Transaction,
  { organizationId, environmentId }: Where,
): Promise<ResourceStatus[]> {
  const rows = await tx.$queryRaw<StoredResource[]>`
    select ${resourceColumns}
    from resources where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid
      and (sync <> 'Synced' or health in ('Degraded', 'Missing', 'Progressing'))
    order by (sync <> 'Synced') desc, key limit 1000`;
  return rows.map(resourceOf);
}

type StoredResource = { [K in keyof ResourceStatus]: ResourceStatus[K] | null };

/** A stored object as the protocol has it: what is null there is absent here. */
export function resourceOf(row: object): ResourceStatus {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as ResourceStatus;
}

/** Remembers which manifests a rendered digest stands for, as far as all objects' digests are known. */
export async function recordRendering(
  tx: Transaction,
  { organizationId, environmentId }: Where,
  renderedDigest: string,
): Promise<void> {
  await tx.$executeRaw`
    insert into renderings as r (organization_id, environment_id, rendered_digest, manifests)
    select ${organizationId}::uuid, ${environmentId}::uuid, ${renderedDigest}, jsonb_object_agg(key, desired_digest)
    from resources
    where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid and desired_digest is not null
    having count(*) > 0
    on conflict (organization_id, environment_id, rendered_digest) do update set manifests = excluded.manifests
    where r.manifests <> excluded.manifests`;
}
