import type { Transaction } from "../db.ts";
import type { Wanted } from "./rules.ts";
import type { SearchResults } from "./schemas.ts";

const shown = 6;
/** Of one name that many environments have: how many are looked at, and how many shown. */
const ofOneName = { read: 500, shown: 4 };

/**
 * Resources by name, namespace and kind; of one name, what differs first. Names that begin with the first word come from one stretch of an index.
 * What holds it elsewhere is looked for in that index alone, and only as far as fewer than enough were found.
 */
export async function findResources(
  tx: Transaction,
  organizationId: string,
  { anywhere, first, words }: Wanted,
): Promise<SearchResults["resources"]> {
  // One letter is in everything.
  if (words.join("").length < 2) return [];
  const rows = await tx.$queryRaw<Row[]>`
    with found as (
      (select distinct search from resources
        where organization_id = ${organizationId}::uuid and search >= ${first.from} and search < ${first.until}
          and search like all(${anywhere}::text[]) order by search limit ${shown})
      union all
      (select search from resources
        where organization_id = ${organizationId}::uuid and search like all(${anywhere}::text[]) limit ${shown})
      limit ${shown}
    )
    select r.key, r.ref ->> 'kind' as kind, r.ref ->> 'namespace' as namespace, r.ref ->> 'name' as name,
      r.sync, r.cause, r.health, e.id as "environmentId", e.name as "environmentName", c.name as cluster
    from (select distinct search from found) f
    cross join lateral (
      select * from (
        select * from resources r where r.organization_id = ${organizationId}::uuid and r.search = f.search limit ${ofOneName.read}
      ) r order by r.sync = 'Synced' limit ${ofOneName.shown}
    ) r
    join environments e on e.organization_id = r.organization_id and e.id = r.environment_id and e.removed_at is null
    join clusters c on c.organization_id = e.organization_id and c.id = e.cluster_id
    order by starts_with(r.search, ${first.from}) desc, r.ref ->> 'name', r.sync = 'Synced', r.search, e.name limit ${shown}`;
  return rows.map(({ environmentId, environmentName, cluster, ...row }) => ({
    ...row,
    environment: { id: environmentId, name: environmentName, cluster },
  }));
}

type Row = Omit<SearchResults["resources"][number], "environment"> & {
  environmentId: string;
  environmentName: string;
  cluster: string;
};
