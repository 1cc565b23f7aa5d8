import { type Context, requireRole } from "../auth/context.ts";
import { Prisma, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import type { EnvironmentList } from "./schemas.ts";

const most = 100;
const { sql, empty, join } = Prisma;

/**
 * Environments to choose from, by name: the first hundred that hold all words of `q`, or those of `ids`
 * (comma-separated); and how many there are. The overview has its own way: lib/fleet.
 */
export async function listEnvironments({
  ctx,
  query = new URLSearchParams(),
}: {
  ctx: Context;
  query?: URLSearchParams;
}): Promise<EnvironmentList> {
  requireRole(ctx, "viewer");
  const id = ctx.organizationId;
  const words = (query.get("q") ?? "").replaceAll("\0", "").slice(0, 200).toWellFormed();
  const found = words.split(/\s+/).filter(Boolean).slice(0, 8);
  const ids = readIds(query.get("ids"));
  const filter = [
    ...found.map((word) => sql`and strpos(lower(e.name || ' ' || c.name), lower(${word})) > 0`),
    ...(ids ? [sql`and e.id = any(${ids}::uuid[])`] : []),
  ];
  return withOrganization(id, async (tx) => {
    const environments = await tx.$queryRaw<EnvironmentList["environments"]>`
      select e.id, e.name, jsonb_build_object('id', c.id, 'name', c.name) as cluster, e.state, e.causes
      from environments e join clusters c on c.organization_id = e.organization_id and c.id = e.cluster_id
      where e.organization_id = ${id}::uuid and e.removed_at is null ${filter.length ? join(filter, " ") : empty}
      order by e.name, c.name, e.id limit ${most}`;
    const total = await tx.environment.count({ where: { organizationId: id, removedAt: null } });
    return { environments, total };
  });
}

function readIds(text: string | null): string[] | null {
  if (text === null) return null;
  const ids = text.split(",").filter(Boolean);
  if (ids.length > most || !ids.every((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)))
    throw new AppError("invalid", `ids: at most ${most} ids of environments, separated by commas.`);
  return ids;
}
