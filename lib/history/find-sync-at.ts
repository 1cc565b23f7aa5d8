import { Prisma, type Transaction } from "../db.ts";
import type { SyncOutcome } from "../protocol/report.ts";

type Where = { organizationId: string; environmentId: string };

/** A sync that put something in place, or saw it in place, and since when. */
export type EffectiveSync = {
  id: string;
  revision: string;
  trigger: string;
  outcome: SyncOutcome;
  message: string | null;
  since: Date;
  startedAt: Date;
  renderedDigest: string | null;
};

/** Word for word what the index `syncs_effective` is on; see there why it is no coalesce(). */
const since = Prisma.sql`(case when applied_at is null then finished_at else applied_at end)`;
const columns = Prisma.sql`id, revision, trigger, outcome, message, ${since} as since,
  started_at as "startedAt", rendered_digest as "renderedDigest"`;
/** Word for word what the index `syncs_effective` is of. */
const effective = Prisma.sql`(outcome in ('observed', 'succeeded') or applied_at is not null)`;

/** What had been put in place last at an instant: one step down an index. */
export async function findSyncAt(tx: Transaction, where: Where, at: Date): Promise<EffectiveSync | null> {
  const rows = await tx.$queryRaw<EffectiveSync[]>`
    select ${columns} from syncs where ${of(where)} and ${effective} and ${since} <= ${at}
    order by ${since} desc, id desc limit 1`;
  return rows[0] ?? null;
}

/** What was put in place next after an instant. */
export async function findSyncAfter(tx: Transaction, where: Where, at: Date): Promise<EffectiveSync | null> {
  const rows = await tx.$queryRaw<EffectiveSync[]>`
    select ${columns} from syncs where ${of(where)} and ${effective} and ${since} > ${at}
    order by ${since}, id limit 1`;
  return rows[0] ?? null;
}

/** One sync by its id, whatever became of it. */
export async function findSync(tx: Transaction, where: Where, id: string): Promise<EffectiveSync | null> {
  const rows = await tx.$queryRaw<EffectiveSync[]>`
    select ${columns} from syncs where ${of(where)} and id = ${id}::uuid`;
  return rows[0] ?? null;
}

/** The newest sync that put a revision in place; a revision may be given by its first seven digits or more. */
export async function findSyncOf(
  tx: Transaction,
  where: Where,
  revision: string,
): Promise<EffectiveSync | null> {
  const whole = revision.length === 40 || revision.length === 64;
  const named = whole
    ? Prisma.sql`revision = ${revision}`
    : Prisma.sql`revision >= ${revision} and revision < ${`${revision}g`}`;
  const rows = await tx.$queryRaw<EffectiveSync[]>`
    select ${columns} from syncs where ${of(where)} and ${effective} and ${named}
    order by revision, finished_at desc limit 1`;
  return rows[0] ?? null;
}

const of = ({ organizationId, environmentId }: Where) =>
  Prisma.sql`organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid`;
