import type { Transaction } from "../db.ts";
import type { Wanted } from "./rules.ts";
import type { SearchResults } from "./schemas.ts";

const shown = 6;

type Find<Noun extends keyof SearchResults> = (
  tx: Transaction,
  organizationId: string,
  wanted: Wanted,
) => Promise<SearchResults[Noun]>;

/** Environments by name, cluster and path: names that begin so first, then what needs a look. */
export const findEnvironments: Find<"environments"> = (tx, organizationId, { anywhere, first }) =>
  tx.$queryRaw`
    select e.id, e.name, c.name as cluster, e.path, e.state, e.causes
    from environments e join clusters c on c.organization_id = e.organization_id and c.id = e.cluster_id
    where e.organization_id = ${organizationId}::uuid and e.removed_at is null
      and lower(concat_ws(' ', e.name, c.name, left(e.path, 1000))) like all(${anywhere}::text[])
    order by lower(e.name) = ${first.from} desc, starts_with(lower(e.name), ${first.from}) desc,
      position(${first.from} in lower(e.name)) = 0, e.state in ('Converged', 'Suspended'), e.name, c.name
    limit ${shown}`;

/** Clusters by name. */
export const findClusters: Find<"clusters"> = (tx, organizationId, { anywhere, first }) =>
  tx.$queryRaw`
    select id, name from clusters
    where organization_id = ${organizationId}::uuid and lower(name) like all(${anywhere}::text[])
    order by starts_with(lower(name), ${first.from}) desc, name limit ${shown}`;

/** Repositories by name. */
export const findRepositories: Find<"repositories"> = (tx, organizationId, { anywhere, first }) =>
  tx.$queryRaw`
    select id, name from repositories
    where organization_id = ${organizationId}::uuid and lower(name) like all(${anywhere}::text[])
    order by starts_with(lower(name), ${first.from}) desc, name limit ${shown}`;

/** Pull requests by number, reason and environment, newest first. */
export const findPullRequests: Find<"pullRequests"> = (tx, organizationId, { anywhere, number }) =>
  tx.$queryRaw`
    select p.id, p.number, p.kind, p.status, left(p.reason, 300) as reason, e.name as environment,
      p.to_revision as "toRevision"
    from pull_requests p
    join environments e on e.organization_id = p.organization_id and e.id = p.environment_id
    where p.organization_id = ${organizationId}::uuid
      and (p.number = ${number}::int or lower(concat_ws(' ', e.name, p.requester, left(p.reason, 1000))) like all(${anywhere}::text[]))
    order by p.number = ${number}::int desc nulls last, p.requested_at desc limit ${shown}`;
