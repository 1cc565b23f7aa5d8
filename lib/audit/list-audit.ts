import { type Context, requireRole } from "../auth/context.ts";
import { type Transaction, withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { filterOf, type StoredEvent, storedColumns } from "./filter.ts";
import { type AuditEvent, AuditFilter, type AuditPage } from "./schemas.ts";

const pageSize = 100;
/** How many events one answer's search looks through at most; row-level security lets no text index help. */
const searchedAtOnce = 100_000n;

/** The organization's audit log, newest first, a page at a time, of what a filter lets through. Needs viewer. */
export async function listAudit({
  ctx,
  input = {},
}: {
  ctx: Context;
  input?: { after?: string | null } & Record<string, unknown>;
}): Promise<AuditPage> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  const { after, ...rest } = input;
  if (after && !/^\d{1,18}$/.test(after))
    throw new AppError("invalid", "The page's cursor is not one of ours; start from the first page.");
  const filter = AuditFilter.parse(rest);
  return withOrganization(organizationId, async (tx) => {
    const before = after ? BigInt(after) : (await newest(tx, organizationId)) + 1n;
    const floor = filter.text ? before - searchedAtOnce : 0n;
    const rows = await tx.$queryRaw<StoredEvent[]>`
      select ${storedColumns} from audit_events a
      where ${filterOf(organizationId, filter)} and a.sequence < ${before} and a.sequence >= ${floor}
      order by a.sequence desc limit ${pageSize + 1}`;
    const page = rows.slice(0, pageSize);
    const paths = await pathsOf(tx, organizationId, page);
    const last = page.at(-1);
    const more = rows.length > pageSize && last;
    const stopped = !more && floor > 1n;
    return {
      events: page.map((row) => eventOf(row, paths)),
      next: more ? String(last.sequence) : stopped ? String(floor) : null,
      searchedTo: stopped ? String(floor) : null,
    };
  });
}

async function newest(tx: Transaction, organizationId: string): Promise<bigint> {
  const head = await tx.auditEvent.findFirst({
    where: { organizationId },
    orderBy: { sequence: "desc" },
    select: { sequence: true },
  });
  return head?.sequence ?? 0n;
}

function eventOf(row: StoredEvent, paths: Map<string, string>): AuditEvent {
  return {
    sequence: Number(row.sequence),
    at: row.at.toISOString(),
    actor: { kind: row.actorKind as AuditEvent["actor"]["kind"], id: row.actorId, name: row.actorName },
    action: row.action,
    subject: {
      kind: row.subjectKind,
      id: row.subjectId,
      name: row.subjectName,
      path: paths.get(`${row.subjectKind}/${row.subjectId}`) ?? null,
    },
    details: JSON.parse(row.details) as AuditEvent["details"],
    address: row.address,
    hash: row.hash,
  };
}

const fixed: Record<string, string> = {
  member: "/members",
  session: "/members",
  invitation: "/members",
  repository: "/repositories",
  channel: "/alerts/channels",
  delivery: "/alerts/deliveries",
  organization: "",
};

/** Where the subjects of a page have a page of their own; what is gone has none. */
async function pathsOf(
  tx: Transaction,
  organizationId: string,
  rows: StoredEvent[],
): Promise<Map<string, string>> {
  const ids = (kind: string) => [
    ...new Set(rows.flatMap((row) => (row.subjectKind === kind && isId(row.subjectId) ? row.subjectId : []))),
  ];
  const paths = new Map<string, string>();
  const found = await tx.$queryRaw<{ kind: string; id: string; path: string[] }[]>`
    select 'environment' as kind, e.id::text, array['environments', c.name, e.name] as path
      from environments e join clusters c on c.organization_id = e.organization_id and c.id = e.cluster_id
      where e.organization_id = ${organizationId}::uuid and e.id = any(${ids("environment")}::uuid[])
    union all select 'cluster', id::text, array['clusters', id::text] from clusters
      where organization_id = ${organizationId}::uuid and id = any(${ids("cluster")}::uuid[])
    union all select 'pull-request', id::text, array['pull-requests', id::text] from pull_requests
      where organization_id = ${organizationId}::uuid and id = any(${ids("pull-request")}::uuid[])`;
  for (const { kind, id, path } of found)
    paths.set(`${kind}/${id}`, path.map((part) => `/${encodeURIComponent(part)}`).join(""));
  for (const { subjectKind, subjectId } of rows) {
    const path = fixed[subjectKind];
    if (path !== undefined) paths.set(`${subjectKind}/${subjectId}`, path);
  }
  return paths;
}

const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** Reads the filter of an address. */
export function filterFrom(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...query].filter(([name]) => name in AuditFilter.shape));
}
