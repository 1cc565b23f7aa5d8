import { type Context, requireRole } from "../auth/context.ts";
import { Prisma, type Transaction, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import type { ObjectOutcome, SyncOutcome } from "../protocol/report.ts";
import { desiredDigest } from "../pull-requests/rollback-facts.ts";
import type { RollbackKind } from "../pull-requests/schemas.ts";
import { provenanceOf } from "../revisions/rules.ts";
import type { RecordedCommit } from "../revisions/schemas.ts";
import { findEnvironment } from "./get-environment.ts";
import { type Episode, type HistoryEntry, HistoryFilter, type HistoryPage } from "./schemas.ts";
import { readWays } from "./ways.ts";

const pageSize = 40;

type Cursor = { at: string; id: string };
type Key = { kind: HistoryEntry["kind"]; id: string; at: Date };

/**
 * An environment's history, newest first, a page at a time: syncs at the time they ended, episodes at
 * their start, rollbacks when they were asked for. A page costs the same however long the history is.
 */
export async function listHistory({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string; after?: string | null; only?: string | null; entry?: string | null };
}): Promise<HistoryPage> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const only = input.only ? readFilter(input.only) : null;
  return withOrganization(organizationId, async (tx) => {
    const environment = await findEnvironment(tx, organizationId, input.id);
    const where = { organizationId, environmentId: environment.id };
    const cursor = input.after
      ? { ...readCursor(input.after), itself: false }
      : input.entry
        ? { ...(await findEntry(tx, where, input.entry)), itself: true }
        : null;
    const keys = await readKeys(tx, where, cursor, only);
    const page = keys.slice(0, pageSize);
    const of = (kind: Key["kind"]) => page.filter((key) => key.kind === kind);
    const found = new Map<string, HistoryEntry>();
    for (const entry of [
      ...(await syncEntries(
        tx,
        { ...where, ...environment, desired: desiredDigest(environment) },
        of("sync"),
      )),
      ...(await episodeEntries(tx, where, of("episode"))),
      ...(await rollbackEntries(tx, where, of("rollback"))),
    ])
      found.set(entry.id, entry);
    const last = page.at(-1);
    const next =
      keys.length > pageSize && last ? writeCursor({ at: last.at.toISOString(), id: last.id }) : null;
    return { entries: page.flatMap(({ id }) => found.get(id) ?? []), next };
  });
}

type Where = { organizationId: string; environmentId: string };

function readKeys(
  tx: Transaction,
  { organizationId, environmentId }: Where,
  cursor: (Cursor & { itself: boolean }) | null,
  only: HistoryFilter | null,
): Promise<Key[]> {
  const branch = (kind: string, table: string, column: string, failed: Prisma.Sql) => {
    const at = Prisma.raw(column);
    const compared = Prisma.raw(cursor?.itself ? "<=" : "<");
    const before = Prisma.sql`${
      cursor
        ? Prisma.sql`and (${at}, id) ${compared} (${cursor.at}::timestamptz, ${cursor.id}::uuid)`
        : Prisma.empty
    } ${only === "failed" ? Prisma.sql`and ${failed}` : Prisma.empty}`;
    return Prisma.sql`(select ${kind}::text as kind, id, ${at} as at from ${Prisma.raw(table)}
      where organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid ${before}
      order by ${at} desc, id desc limit ${pageSize + 1})`;
  };
  const branches = [
    { of: ["sync", "failed"], rows: branch("sync", "syncs", "finished_at", FAILED_SYNCS) },
    { of: ["episode", "failed"], rows: branch("episode", "divergences", "started_at", FAILED_EPISODES) },
    { of: ["rollback"], rows: branch("rollback", "pull_requests", "requested_at", Prisma.sql`false`) },
  ].filter(({ of }) => only === null || of.includes(only));
  const rows = Prisma.join(
    branches.map((branch) => branch.rows),
    " union all ",
  );
  return tx.$queryRaw<Key[]>`
    select * from (${rows}) h
    order by at desc, id desc limit ${pageSize + 1}`;
}

type Span = { gte: Date; lte: Date };

/**
 * Reads the rows of these keys by the span of time that they take: they lie side by side in the index by time, where
 * looking each up by its id would be a way down another index for every one. Other rows of that span are those that
 * share an instant with the first or the last of a page.
 */
async function between<Row extends { id: string }>(
  keys: Key[],
  read: (span: Span, more: { id?: { in: string[] } }) => Promise<Row[]>,
): Promise<Row[]> {
  const times = keys.map(({ at }) => at.getTime());
  if (times.length === 0) return [];
  const span = { gte: new Date(Math.min(...times)), lte: new Date(Math.max(...times)) };
  const ids = new Set(keys.map(({ id }) => id));
  // All at one instant may be very many.
  const instant = span.gte.getTime() === span.lte.getTime();
  const rows = await read(span, instant ? { id: { in: [...ids] } } : {});
  return rows.filter(({ id }) => ids.has(id));
}

// As the partial indexes say it.
const FAILED_SYNCS = Prisma.sql`outcome in ('failed', 'refused')`;
const FAILED_EPISODES = Prisma.sql`'failed' = any(causes)`;

/** Where an entry, or the newest sync of a commit, stands in the history. Throws `not-found`. */
async function findEntry(tx: Transaction, where: Where, id: string): Promise<Cursor> {
  const missing = () =>
    new AppError("not-found", "This history has no such entry; it may no longer be kept.");
  if (/^[0-9a-f]{40}$/.test(id)) {
    const sync = await tx.sync.findFirst({
      where: { ...where, revision: id },
      orderBy: { finishedAt: "desc" },
      select: { id: true, finishedAt: true },
    });
    if (!sync) throw missing();
    return { at: sync.finishedAt.toISOString(), id: sync.id };
  }
  if (!/^[0-9a-f-]{36}$/.test(id)) throw missing();
  const { organizationId, environmentId } = where;
  const of = Prisma.sql`organization_id = ${organizationId}::uuid and environment_id = ${environmentId}::uuid and id = ${id}::uuid`;
  const [found] = await tx.$queryRaw<{ at: Date }[]>`
    select finished_at as at from syncs where ${of} union all select started_at from divergences where ${of}
    union all select requested_at from pull_requests where ${of}`;
  if (!found) throw missing();
  return { at: found.at.toISOString(), id };
}

function readFilter(text: string): HistoryFilter {
  const found = HistoryFilter.safeParse(text);
  if (!found.success)
    throw new AppError("invalid", `History is narrowed to ${HistoryFilter.options.join(", ")}, not to that.`);
  return found.data;
}

async function syncEntries(
  tx: Transaction,
  environment: Where & { repositoryId: string; headRevision: string | null; desired: string | undefined },
  keys: Key[],
): Promise<HistoryEntry[]> {
  const { organizationId, environmentId, repositoryId, headRevision, desired } = environment;
  const of = { organizationId, environmentId };
  const syncs = await between(keys, (finishedAt, more) =>
    tx.sync.findMany({ where: { ...of, finishedAt, ...more } }),
  );
  const revisions = [...new Set(syncs.map(({ revision }) => revision))];
  const commits = await tx.revision.findMany({
    where: { organizationId, repositoryId, revision: { in: revisions } },
  });
  const ways = await readWays(tx, environment, revisions);
  const byRevision = new Map(commits.map((one) => [one.revision, one]));
  return syncs.map((one) => {
    const commit = byRevision.get(one.revision);
    return {
      kind: "sync",
      id: one.id,
      at: one.finishedAt.toISOString(),
      revision: one.revision,
      commit: commit ? commitOf(commit) : null,
      trigger: one.trigger,
      mode: one.mode as "observe" | "sync",
      outcome: one.outcome as SyncOutcome,
      message: one.message,
      noticedAt: one.noticedAt?.toISOString() ?? null,
      startedAt: one.startedAt.toISOString(),
      appliedAt: one.appliedAt?.toISOString() ?? null,
      finishedAt: one.finishedAt.toISOString(),
      convergedAt: one.convergedAt?.toISOString() ?? null,
      proven: one.proven,
      objects: one.objects as ObjectOutcome[],
      rolledBack: ways.rolledBack(one),
      canRollBack:
        one.convergedAt !== null && one.revision !== headRevision && one.renderedDigest !== desired,
      forward: ways.forward(commit?.committedAt),
      canRevert: ways.canRevert(one),
    };
  });
}

async function episodeEntries(tx: Transaction, where: Where, keys: Key[]): Promise<HistoryEntry[]> {
  const episodes = await between(keys, (startedAt, more) =>
    tx.divergence.findMany({ where: { ...where, startedAt, ...more } }),
  );
  return episodes.map((one) => ({
    kind: "episode",
    id: one.id,
    at: one.startedAt.toISOString(),
    episode: {
      id: one.id,
      startedAt: one.startedAt.toISOString(),
      endedAt: one.endedAt?.toISOString() ?? null,
      causes: one.causes as Episode["causes"],
      objects: one.objects,
      summary: one.summary,
      revision: one.revision,
      evidence: one.evidence as Episode["evidence"],
    },
  }));
}

async function rollbackEntries(tx: Transaction, where: Where, keys: Key[]): Promise<HistoryEntry[]> {
  const rows = await between(keys, (requestedAt, more) =>
    tx.pullRequest.findMany({ where: { ...where, requestedAt, ...more } }),
  );
  return rows.map(
    ({ id, kind, requestedAt, toRevision, commitRevision, status, number, requester, reason }) => ({
      kind: "rollback",
      id,
      at: requestedAt.toISOString(),
      action: kind as RollbackKind,
      ...{ toRevision, commitRevision, status, number, requester, reason },
    }),
  );
}

/** A stored commit as pages show it. */
export function commitOf(row: {
  revision: string;
  author: string;
  authorEmail: string | null;
  committedAt: Date;
  subject: string;
  provenance: unknown;
}): RecordedCommit {
  const { revision, author, authorEmail, committedAt, subject } = row;
  return {
    revision,
    author,
    ...(authorEmail ? { authorEmail } : {}),
    committedAt: committedAt.toISOString(),
    subject,
    provenance: provenanceOf(row.provenance),
  };
}

const writeCursor = ({ at, id }: Cursor) => Buffer.from(`${at} ${id}`).toString("base64url");

function readCursor(text: string): Cursor {
  const [at, id] = Buffer.from(text, "base64url").toString("utf8").split(" ");
  if (!at || !id || Number.isNaN(Date.parse(at)) || !/^[0-9a-f-]{36}$/.test(id))
    throw new AppError("invalid", "The page's cursor is not one of ours; start from the first page.");
  return { at, id };
}
