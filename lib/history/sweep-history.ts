import { type Transaction, withOrganization, withRouting } from "../db.ts";
import { expiry } from "./rules.ts";

const atOnce = 5000;
/** A body arrives before the rendering that refers to it: it is given time. */
const settleMs = 86_400_000;

/**
 * Drops what an organization no longer keeps: syncs, episodes, alerts with their deliveries and daily figures after its months for
 * outcomes, renderings after its months for manifests, and manifests that nothing refers to. What runs now is kept however old
 * it is. Each step is a small transaction, and is repeated until there is nothing left.
 */
export async function sweepHistory(now: Date): Promise<void> {
  const environments = await withRouting((tx) =>
    tx.environment.findMany({
      select: { organizationId: true, id: true },
      orderBy: { organizationId: "asc" },
    }),
  );
  for (const [organizationId, own] of Map.groupBy(environments, (one) => one.organizationId)) {
    const kept = await withOrganization(organizationId, (tx) =>
      tx.organization.findUnique({
        where: { id: organizationId },
        select: { manifestMonths: true, outcomeMonths: true },
      }),
    );
    if (!kept) continue;
    const outcomes = expiry(kept.outcomeMonths, now);
    const manifests = expiry(kept.manifestMonths, now);
    const again = (step: (tx: Transaction) => Promise<number>) => repeat(organizationId, step);
    let dropped = 0;
    for (const { id: environmentId } of own) {
      const where = { organizationId, environmentId };
      if (outcomes) await again((tx) => dropOutcomes(tx, where, outcomes));
      if (manifests) dropped += await again((tx) => dropRenderings(tx, where, manifests));
    }
    if (outcomes) await again((tx) => dropAlerts(tx, organizationId, outcomes));
    if (outcomes)
      await withOrganization(organizationId, (tx) =>
        tx.deliveryDay.deleteMany({ where: { organizationId, day: { lt: outcomes } } }),
      );
    // What objects were observed as is referred to by nothing soon after: looked for once a day.
    if (dropped > 0 || (manifests && now.getUTCHours() === 3))
      await dropManifests(organizationId, new Date(now.getTime() - settleMs));
  }
}

async function repeat(organizationId: string, step: (tx: Transaction) => Promise<number>): Promise<number> {
  let all = 0;
  for (;;) {
    const some = await withOrganization(organizationId, step);
    all += some;
    if (some < atOnce) return all;
  }
}

type Where = { organizationId: string; environmentId: string };

async function dropOutcomes(
  tx: Transaction,
  { organizationId, environmentId }: Where,
  before: Date,
): Promise<number> {
  const of = { organizationId, environmentId };
  const episodes = await tx.$executeRaw`
    delete from divergences where organization_id = ${of.organizationId}::uuid and environment_id = ${of.environmentId}::uuid
      and id in (select id from divergences where organization_id = ${of.organizationId}::uuid and environment_id = ${of.environmentId}::uuid
        and ended_at < ${before} order by ended_at limit ${atOnce})`;
  const syncs = await tx.$executeRaw`
    delete from syncs where organization_id = ${of.organizationId}::uuid and environment_id = ${of.environmentId}::uuid
      and id in (select id from syncs where organization_id = ${of.organizationId}::uuid and environment_id = ${of.environmentId}::uuid
        and finished_at < ${before}
        and id is distinct from (select id from syncs where organization_id = ${of.organizationId}::uuid and environment_id = ${of.environmentId}::uuid
          and (outcome in ('observed', 'succeeded') or applied_at is not null) order by case when applied_at is null then finished_at else applied_at end desc, id desc limit 1)
        order by finished_at limit ${atOnce})`;
  return Math.max(episodes, syncs);
}

/** Alerts and their deliveries; not while one is still on its way, nor while the episode it is about lasts. */
function dropAlerts(tx: Transaction, organizationId: string, before: Date): Promise<number> {
  return tx.$executeRaw`
    delete from alerts where organization_id = ${organizationId}::uuid and id in (
      select a.id from alerts a where a.organization_id = ${organizationId}::uuid and a.at < ${before}
        and not exists (select from deliveries d where d.organization_id = a.organization_id and d.alert_id = a.id
          and d.status = 'pending')
        and not exists (select from divergences e where e.organization_id = a.organization_id
          and e.environment_id = a.environment_id and e.id = a.episode_id and e.ended_at is null)
      order by a.at limit ${atOnce})`;
}

/** Renderings that no sync since then refers to, nor the environment, nor what was put in place last. */
function dropRenderings(
  tx: Transaction,
  { organizationId, environmentId }: Where,
  before: Date,
): Promise<number> {
  return tx.$executeRaw`
    delete from renderings where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid
      and rendered_digest in (
        select r.rendered_digest from renderings r
        join environments e on e.organization_id = r.organization_id and e.id = r.environment_id
        where r.organization_id = ${organizationId}::uuid and r.environment_id = ${environmentId}::uuid and r.created_at < ${before}
          and r.rendered_digest is distinct from e.rendered_digest
          and r.rendered_digest is distinct from (select s.rendered_digest from syncs s
            where s.organization_id = r.organization_id and s.environment_id = r.environment_id
              and (s.outcome in ('observed', 'succeeded') or s.applied_at is not null)
            order by case when s.applied_at is null then s.finished_at else s.applied_at end desc, s.id desc limit 1)
          and not exists (select from syncs s where s.organization_id = r.organization_id and s.environment_id = r.environment_id
            and s.rendered_digest = r.rendered_digest and s.finished_at >= ${before})
        limit ${atOnce})`;
}

/** Manifests that no rendering and no object refers to, a range of digests at a time. */
async function dropManifests(organizationId: string, before: Date): Promise<void> {
  const referred = await withOrganization(organizationId, async (tx) => {
    const rows = await tx.$queryRaw<{ digest: string }[]>`
      select value as digest from renderings r, jsonb_each_text(r.manifests) where r.organization_id = ${organizationId}::uuid
      union select desired_digest from resources where organization_id = ${organizationId}::uuid and desired_digest is not null
      union select observed_digest from resources where organization_id = ${organizationId}::uuid and observed_digest is not null`;
    return new Set(rows.map(({ digest }) => digest));
  });
  let after = "";
  for (;;) {
    const stored = await withOrganization(organizationId, (tx) =>
      tx.manifest.findMany({
        where: { organizationId, digest: { gt: after } },
        orderBy: { digest: "asc" },
        select: { digest: true, createdAt: true },
        take: atOnce,
      }),
    );
    const unused = stored.filter(({ digest, createdAt }) => createdAt < before && !referred.has(digest));
    // Asked again as it is deleted: a report may have referred to one meanwhile.
    for (let start = 0; start < unused.length; start += 500)
      await withOrganization(organizationId, (tx) =>
        dropUnused(
          tx,
          organizationId,
          unused.slice(start, start + 500).map(({ digest }) => digest),
        ),
      );
    const last = stored.at(-1);
    if (!last || stored.length < atOnce) return;
    after = last.digest;
  }
}

function dropUnused(tx: Transaction, organizationId: string, digests: string[]): Promise<number> {
  return tx.$executeRaw`
    delete from manifests m where m.organization_id = ${organizationId}::uuid and m.digest = any(${digests}::text[])
      and not exists (select from resources r where r.organization_id = m.organization_id
        and (r.desired_digest = m.digest or r.observed_digest = m.digest))`;
}
