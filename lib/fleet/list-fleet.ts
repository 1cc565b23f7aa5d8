import { type Context, requireRole } from "../auth/context.ts";
import { withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { SIGN_ORDER, type Sign } from "../protocol/sign.ts";
import { fleetTables, mostGroups, windowOf } from "./fleet-query.ts";
import { fleetRows } from "./fleet-rows.ts";
import { FLEET_WINDOW, type FleetFilter, readFleetFilter } from "./rules.ts";
import type { Fleet, FleetGroup, FleetRows } from "./schemas.ts";

/** What a filter shows of the fleet: how its rows are grouped, and the first window of them. Four statements. */
export async function listFleet({ ctx, query }: { ctx: Context; query: URLSearchParams }): Promise<Fleet> {
  requireRole(ctx, "viewer");
  const filter = readFleetFilter(query);
  const { organizationId } = ctx;
  return withOrganization(organizationId, async (tx) => {
    const [found] = await tx.$queryRaw<
      { bySign: Record<string, number> | null; groups: StoredGroup[] | null; ids: string[] | null }[]
    >`
      with ${fleetTables(organizationId, filter)}
      select
        (select jsonb_object_agg(urgency, n) from (select urgency, count(*)::int as n from fleet group by urgency) u) as "bySign",
        (select jsonb_agg(jsonb_build_object('key', group_key, 'name', name, 'count', count, 'look', look) order by place)
          from (select group_key, name, count, look, place from grouped where place <= ${mostGroups}
            union all select '…', count(*)::text, sum(count)::int, sum(look)::int, ${mostGroups + 1} from grouped
              where place > ${mostGroups} having count(*) > 0) g) as groups,
        (select array_agg(id) from (${windowOf(filter, 0, FLEET_WINDOW)}) w) as ids`;
    const agents = filter.group === "cluster" ? await readAgents(tx, organizationId) : new Map();
    return {
      bySign: countedBySign(found?.bySign ?? {}),
      groups: (found?.groups ?? []).map((group) => ({
        ...named(group, filter),
        ...(agents.has(group.key) ? { agent: agents.get(group.key) } : {}),
      })),
      rows: await fleetRows(tx, organizationId, found?.ids ?? []),
    };
  });
}

/** A later window of the same rows (`offset`), or these rows wherever they stand (`ids`, comma-separated). */
export async function listFleetRows({
  ctx,
  query,
}: {
  ctx: Context;
  query: URLSearchParams;
}): Promise<FleetRows> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const wanted = query.get("ids");
  return withOrganization(organizationId, async (tx) => {
    if (wanted !== null) return { rows: await fleetRows(tx, organizationId, readIds(wanted)) };
    const filter = readFleetFilter(query);
    const found = await tx.$queryRaw<{ id: string }[]>`
      with ${fleetTables(organizationId, filter)} ${windowOf(filter, readOffset(query.get("offset")), FLEET_WINDOW)}`;
    return {
      rows: await fleetRows(
        tx,
        organizationId,
        found.map(({ id }) => id),
      ),
    };
  });
}

type StoredGroup = { key: string; name: string; count: number; look: number };

function named({ key, name, count, look }: StoredGroup, filter: FleetFilter): FleetGroup {
  const state = filter.group === "state" && key !== "…" ? (SIGN_ORDER[Number(key)] ?? key) : null;
  return { key: state ?? key, name: state ?? name, count, look };
}

/** The database holds a sign as its place in the order. */
export function countedBySign(stored: Record<string, number>): Record<Sign, number> {
  return Object.fromEntries(SIGN_ORDER.map((sign, place) => [sign, stored[place] ?? 0])) as Record<
    Sign,
    number
  >;
}

type Tx = Parameters<Parameters<typeof withOrganization>[1]>[0];

async function readAgents(tx: Tx, organizationId: string): Promise<Map<string, FleetGroup["agent"]>> {
  const clusters = await tx.cluster.findMany({
    where: { organizationId },
    select: { id: true, agentVersion: true, lastSeenAt: true, silent: true },
  });
  return new Map(
    clusters.map(({ id, agentVersion, lastSeenAt, silent }) => [
      id,
      { version: agentVersion, lastSeenAt: lastSeenAt?.toISOString() ?? null, silent },
    ]),
  );
}

const mostIds = 200;

function readIds(text: string): string[] {
  const ids = text.split(",").filter(Boolean);
  if (ids.length > mostIds || !ids.every((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)))
    throw new AppError("invalid", `ids: at most ${mostIds} ids of environments, separated by commas.`);
  return ids;
}

function readOffset(text: string | null): number {
  const offset = Number(text ?? "0");
  if (!Number.isInteger(offset) || offset < 0 || offset > 10_000_000)
    throw new AppError("invalid", "offset: a whole number, from 0.");
  return offset;
}
