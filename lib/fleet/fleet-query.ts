import { Prisma } from "../db.ts";
import { SIGN_ORDER } from "../protocol/sign.ts";
import { type FleetFilter, groupLabel, LOOK_SIGNS, wordsOf } from "./rules.ts";

/** Groups beyond these stand together as the last one, so that an answer does not grow with what is grouped by. */
export const mostGroups = 300;

const { sql, join, empty } = Prisma;
const places = (signs: readonly string[]) =>
  SIGN_ORDER.flatMap((sign, place) => (signs.includes(sign) ? [place] : []));

/**
 * The common part of every question about the fleet: `fleet` has what the filter leaves whatever its state, `shown`
 * of it the states that are asked for, `grouped` the groups of `shown` in their order. One scan of the
 * organization's environments, however many words are searched.
 */
export function fleetTables(organizationId: string, filter: FleetFilter): Prisma.Sql {
  const { signs, cluster, repository, labels } = filter;
  const conditions = [
    ...wordsOf(filter.text).map((word) => sql`and strpos(e.search, lower(${word})) > 0`),
    ...(cluster ? [sql`and c.name = ${cluster}`] : []),
    ...(repository ? [sql`and r.name = ${repository}`] : []),
    ...labels.map((label) => {
      const at = label.indexOf(":");
      return sql`and e.labels ->> ${label.slice(0, at)} = ${label.slice(at + 1)}`;
    }),
  ];
  const [key, name] = groupColumns(filter.group);
  return sql`
    fleet as materialized (
      select e.id, e.urgency, e.name, e.state_since, ${key} as group_key, ${name} as group_name
      from environments e
      join clusters c on c.organization_id = e.organization_id and c.id = e.cluster_id
      join repositories r on r.organization_id = e.organization_id and r.id = e.repository_id
      where e.organization_id = ${organizationId}::uuid and e.removed_at is null ${conditions.length ? join(conditions, " ") : empty}
    ), shown as (
      select * from fleet ${signs.length ? sql`where urgency = any(${places(signs)}::smallint[])` : empty}
    ), grouped as (
      select group_key, min(group_name) as name, count(*)::int as count,
        count(*) filter (where urgency = any(${places(LOOK_SIGNS)}::smallint[]))::int as look,
        row_number() over (order by ${groupOrder(filter)}, min(group_name), group_key)::int as place
      from shown group by group_key
    )`;
}

/** The ids of a window of `shown`, in order. */
export function windowOf(filter: FleetFilter, offset: number, limit: number): Prisma.Sql {
  return sql`select s.id from shown s join grouped g using (group_key)
    order by g.place, ${rowOrder(filter)} offset ${offset} limit ${limit}`;
}

function groupColumns(group: string): [Prisma.Sql, Prisma.Sql] {
  const label = groupLabel(group);
  if (label !== null) {
    const value = sql`coalesce(left(e.labels ->> ${label}, 253), '')`;
    return [value, value];
  }
  if (group === "repository") return [sql`r.id::text`, sql`r.name`];
  if (group === "state") return [sql`e.urgency::text`, sql`e.urgency::text`];
  if (group === "none") return [sql`''`, sql`''`];
  return [sql`c.id::text`, sql`c.name`];
}

function groupOrder({ group, sort }: FleetFilter): Prisma.Sql {
  const worst = sql`min(urgency)`;
  if (group === "state") return worst;
  // What has no such label comes last.
  const unnamed = sql`(group_key = '')`;
  return sort === "look" ? sql`${worst}, ${unnamed}` : unnamed;
}

function rowOrder({ sort }: FleetFilter): Prisma.Sql {
  if (sort === "name") return sql`s.name, s.id`;
  if (sort === "since") return sql`s.state_since desc, s.name, s.id`;
  return sql`s.urgency, s.name, s.id`;
}
