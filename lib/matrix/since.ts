import type { Transaction } from "../db.ts";

/** How far back it is looked for when something began to run. */
const syncsBack = 25;

type Workload = { environmentId: string; key: string };
type Ran = { environmentId: string; at: Date; manifests: Record<string, string> };

/** What an organization's environments ran before: the digests of manifests it needs images of, and since when. */
export type Past = {
  digests: string[];
  /** Since when a workload has been one whose manifest `same` accepts, without a break; null where it is not known. */
  since(workload: Workload, same: (digest: string) => boolean): string | null;
};

/** Reads the last converged syncs of the environments of these workloads, each with the workloads' manifests then. */
export async function pastsOf(tx: Transaction, organizationId: string, workloads: Workload[]): Promise<Past> {
  const keys = [...new Set(workloads.map(({ key }) => key))];
  const ids = [...new Set(workloads.map(({ environmentId }) => environmentId))];
  const rows = await tx.$queryRaw<Ran[]>`
    select wanted.id as "environmentId", s.converged_at as at,
      (select coalesce(jsonb_object_agg(k, d.manifests -> k), '{}') from unnest(${keys}::text[]) k where d.manifests ? k) as manifests
    from unnest(${ids}::uuid[]) as wanted(id)
    cross join lateral (
      select converged_at, rendered_digest from syncs s
      where s.organization_id = ${organizationId}::uuid and s.environment_id = wanted.id and s.converged_at is not null
      order by s.finished_at desc limit ${syncsBack}
    ) s
    join renderings d on d.organization_id = ${organizationId}::uuid and d.environment_id = wanted.id
      and d.rendered_digest = s.rendered_digest
    order by 1, s.converged_at desc`;
  const ran = Map.groupBy(rows, (row) => row.environmentId);
  return {
    digests: [...new Set(rows.flatMap(({ manifests }) => Object.values(manifests)))],
    since({ environmentId, key }, same) {
      let since: Date | null = null;
      for (const { at, manifests } of ran.get(environmentId) ?? []) {
        const digest = manifests[key];
        if (digest === undefined || !same(digest)) break;
        since = at;
      }
      return since?.toISOString() ?? null;
    },
  };
}
