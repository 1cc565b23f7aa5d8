import { type Context, requireRole } from "../auth/context.ts";
import { Prisma, withOrganization } from "../db.ts";
import { findEnvironment } from "../environments/get-environment.ts";
import { commitOf } from "../environments/list-history.ts";
import { AppError } from "../errors.ts";
import type { RevisionPage } from "./schemas.ts";

const pageSize = 40;

type Row = {
  revision: string;
  renderedDigest: string | null;
  inputs: string[];
  seenAt: Date;
  author: string | null;
  authorEmail: string | null;
  committedAt: Date;
  subject: string | null;
  provenance: unknown;
  convergedAt: Date | null;
  syncs: number;
  lastOutcome: string | null;
};

/** The commits that changed an environment, newest first, a page at a time, with what became of each. */
export async function listRevisions({
  ctx,
  input,
}: {
  ctx: Context;
  input: { id: string; after?: string | null };
}): Promise<RevisionPage> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const cursor = input.after ? readCursor(input.after) : null;
  return withOrganization(organizationId, async (tx) => {
    const { id, repositoryId } = await findEnvironment(tx, organizationId, input.id);
    const before = cursor
      ? Prisma.sql`and (r.seen_at, r.revision) < (${cursor.at}::timestamptz, ${cursor.revision})`
      : Prisma.empty;
    const rows = await tx.$queryRaw<Row[]>`
      select r.revision, r.rendered_digest as "renderedDigest", r.inputs, r.seen_at as "seenAt",
        v.author, v.author_email as "authorEmail", r.committed_at as "committedAt", v.subject, v.provenance,
        s.converged_at as "convergedAt", coalesce(s.syncs, 0)::int as syncs, s.last_outcome as "lastOutcome"
      from (select * from environment_revisions r
        where r.organization_id = ${organizationId}::uuid and r.environment_id = ${id}::uuid ${before}
        order by r.seen_at desc, r.revision desc limit ${pageSize + 1}) r
      left join revisions v on v.organization_id = r.organization_id and v.repository_id = ${repositoryId}::uuid
        and v.revision = r.revision
      left join lateral (
        select min(s.converged_at) as converged_at, count(*) as syncs,
          (array_agg(s.outcome order by s.finished_at desc))[1] as last_outcome
        from syncs s where s.organization_id = r.organization_id and s.environment_id = r.environment_id
          and s.revision = r.revision) s on true
      order by r.seen_at desc, r.revision desc`;
    const page = rows.slice(0, pageSize);
    const last = page.at(-1);
    return {
      revisions: page.map(({ author, authorEmail, committedAt, subject, provenance, ...one }) => ({
        ...one,
        commit:
          subject === null
            ? null
            : commitOf({
                revision: one.revision,
                author: author ?? "",
                authorEmail,
                committedAt,
                subject,
                provenance,
              }),
        seenAt: one.seenAt.toISOString(),
        convergedAt: one.convergedAt?.toISOString() ?? null,
      })),
      next: rows.length > pageSize && last ? writeCursor(last) : null,
    };
  });
}

const writeCursor = ({ seenAt, revision }: Row) =>
  Buffer.from(`${seenAt.toISOString()} ${revision}`).toString("base64url");

function readCursor(text: string): { at: string; revision: string } {
  const [at, revision] = Buffer.from(text, "base64url").toString("utf8").split(" ");
  if (!at || !revision || Number.isNaN(Date.parse(at)) || !/^[0-9a-f]{40,64}$/.test(revision))
    throw new AppError("invalid", "The page's cursor is not one of ours; start from the first page.");
  return { at, revision };
}
