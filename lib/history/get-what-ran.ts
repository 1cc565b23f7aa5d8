import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { commitOf } from "../environments/list-history.ts";
import type { Episode } from "../environments/schemas.ts";
import { AppError } from "../errors.ts";
import { type EffectiveSync, findSyncAfter, findSyncAt } from "./find-sync-at.ts";
import { readRendering } from "./read-rendering.ts";
import type { WhatRan } from "./schemas.ts";

type Environment = { organizationId: string; id: string; repositoryId: string };

/**
 * What an environment ran at an instant, exactly: revision, masked manifests, who, and whether it had converged. Costs
 * the same however long the record is. Throws `not-found`, and `invalid` for what is no instant or lies ahead.
 */
export async function getWhatRan({
  ctx,
  input,
  now = new Date(),
}: {
  ctx: Context;
  input: { environmentId: string; at: string };
  now?: Date;
}): Promise<WhatRan> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const at = readInstant(input.at, now);
  return withOrganization(organizationId, async (tx) => {
    const environment = await findEnvironment(tx, organizationId, input.environmentId);
    const where = { organizationId, environmentId: environment.id };
    const cluster = await tx.cluster.findUniqueOrThrow({
      where: { organizationId_id: { organizationId, id: environment.clusterId } },
      select: { name: true },
    });
    const sync = await findSyncAt(tx, where, at);
    const next = await findSyncAfter(tx, where, at);
    const { observedAt } = environment;
    return {
      environment: { id: environment.id, name: environment.name, cluster: cluster.name },
      at: at.toISOString(),
      ran: sync && (await whatRan(tx, environment, sync)),
      applying:
        next && next.startedAt <= at
          ? {
              syncId: next.id,
              revision: next.revision,
              startedAt: next.startedAt.toISOString(),
              until: next.since.toISOString(),
            }
          : null,
      divergence: await divergenceAt(tx, where, at),
      knownUntil: observedAt && observedAt < at ? observedAt.toISOString() : null,
    };
  });
}

/** An instant in the past, or `invalid`. */
export function readInstant(text: string, now: Date): Date {
  const at = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(at.getTime()))
    throw new AppError("invalid", "at: an instant with its zone, such as 2026-11-20T14:00:00Z.");
  if (at > now) throw new AppError("invalid", "at: this instant has not come yet; choose an earlier one.");
  return at;
}

async function whatRan(
  tx: Transaction,
  { organizationId, id: environmentId, repositoryId }: Environment,
  sync: EffectiveSync,
): Promise<NonNullable<WhatRan["ran"]>> {
  const { revision, renderedDigest } = sync;
  const commit = await tx.revision.findUnique({
    where: { organizationId_repositoryId_revision: { organizationId, repositoryId, revision } },
  });
  const [first] = await tx.$queryRaw<{ at: Date | null }[]>`
    select min(converged_at) as at from syncs
    where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid and revision = ${revision}
      and converged_at is not null`;
  const pullRequest = await tx.pullRequest.findFirst({
    where: { organizationId, environmentId, mergeRevision: revision },
    select: { id: true, number: true, url: true, requester: true, reason: true },
  });
  const convergedAt = first?.at ?? null;
  return {
    syncId: sync.id,
    revision,
    commit: commit && commitOf(commit),
    trigger: sync.trigger,
    outcome: sync.outcome,
    message: sync.message,
    since: sync.since.toISOString(),
    convergedAt: convergedAt?.toISOString() ?? null,
    leadMs: convergedAt && commit ? Math.max(0, convergedAt.getTime() - commit.committedAt.getTime()) : null,
    pullRequest,
    renderedDigest,
    manifests: await readRendering(tx, { organizationId, environmentId }, renderedDigest),
  };
}

/** The episode that was open at an instant. Episodes do not overlap, so that it can only be the last that began. */
async function divergenceAt(
  tx: Transaction,
  where: { organizationId: string; environmentId: string },
  at: Date,
): Promise<Episode | null> {
  const last = await tx.divergence.findFirst({
    where: { ...where, startedAt: { lte: at } },
    orderBy: [{ startedAt: "desc" }, { id: "desc" }],
  });
  if (!last || (last.endedAt && last.endedAt <= at)) return null;
  const { id, objects, summary, revision } = last;
  return {
    ...{ id, objects, summary, revision },
    startedAt: last.startedAt.toISOString(),
    endedAt: last.endedAt?.toISOString() ?? null,
    causes: last.causes as Episode["causes"],
    evidence: last.evidence as Episode["evidence"],
  };
}
