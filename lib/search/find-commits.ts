import type { Transaction } from "../db.ts";
import type { Wanted } from "./rules.ts";
import type { SearchResults } from "./schemas.ts";

const shown = 6;
/** How far back subjects and authors are read; a revision is found however old it is. */
const newest = 20_000;

/** Commits that changed an environment, by how their revision begins, or by subject and author, newest first. */
export async function findCommits(
  tx: Transaction,
  organizationId: string,
  { anywhere, sha }: Wanted,
): Promise<SearchResults["commits"]> {
  const rows = await tx.$queryRaw<Row[]>`
    with found as (
      (select v.* from repositories p cross join lateral (
          select * from revisions v where v.organization_id = ${organizationId}::uuid and v.repository_id = p.id
            and v.revision >= ${sha?.from ?? "z"} and v.revision < ${sha?.until ?? "z"} limit ${shown}
        ) v where p.organization_id = ${organizationId}::uuid limit ${shown})
      union all
      (select * from (
          select * from revisions where organization_id = ${organizationId}::uuid order by committed_at desc limit ${newest}
        ) v where lower(concat_ws(' ', v.subject, v.author)) like all(${anywhere}::text[]) 
          and exists (select from environment_revisions x where x.organization_id = v.organization_id and x.revision = v.revision)
        limit ${shown})
    )
    select v.revision, left(v.subject, 300) as subject, v.author, v.committed_at as "committedAt", x.environments, x.n
    from (select distinct on (revision) * from found order by revision, repository_id) v
    cross join lateral (
      select (array_agg(json_build_object('id', e.id, 'name', e.name, 'cluster', c.name) order by e.name, c.name))[1:3] as environments,
        count(*)::int as n
      from environment_revisions x
      join environments e on e.organization_id = x.organization_id and e.id = x.environment_id and e.removed_at is null
      join clusters c on c.organization_id = e.organization_id and c.id = e.cluster_id
      where x.organization_id = ${organizationId}::uuid and x.revision = v.revision
    ) x
    where x.n > 0 order by v.committed_at desc limit ${shown}`;
  return rows.map(({ committedAt, n, ...row }) => ({
    ...row,
    committedAt: committedAt.toISOString(),
    environmentCount: n,
  }));
}

type Row = Omit<SearchResults["commits"][number], "committedAt" | "environmentCount"> & {
  committedAt: Date;
  n: number;
};
