import { randomUUID } from "node:crypto";
import { Prisma, type Transaction } from "../db.ts";
import { env } from "../env.ts";
import { notifyLive } from "../events.ts";
import type { AlertMessage } from "../notifications/message.ts";
import { installationToken, isGithub, webUrlOf } from "../repositories/open-host.ts";
import { messageOf } from "./message.ts";
import type { Raised } from "./rules.ts";

/** What an environment was when an alert became due. */
export type Described = {
  summary: string;
  reason: string;
  suspended: { reason: string; owner: string; until?: string | null } | null;
  headRevision: string | null;
};

/** Writes alerts of one environment down, once each, and puts them on their way; nothing where there are none. */
export async function raiseAlerts(
  tx: Transaction,
  call: {
    organizationId: string;
    environmentId: string;
    now: Date;
    alerts: { alert: Raised; was: Described }[];
  },
): Promise<void> {
  const { organizationId, environmentId, now, alerts } = call;
  if (alerts.length === 0) return;
  const [place] = await readPlace(tx, organizationId, environmentId);
  if (!place) return;
  const revisions = alerts.flatMap(({ alert, was }) => alert.revision ?? was.headRevision ?? []);
  const commits = await tx.revision.findMany({
    where: { organizationId, repositoryId: place.repositoryId, revision: { in: revisions } },
  });
  const web = webUrlOf(place.repositoryUrl);
  // What happened at one instant is listed and sent in this order.
  const ids = alerts.map(() => randomUUID()).toSorted();
  const rows = alerts.map(({ alert, was }, index) => {
    const id = ids[index]!;
    const revision = alert.revision ?? was.headRevision;
    const commit = commits.find((one) => one.revision === revision) ?? null;
    const message = messageOf(
      id,
      { ...alert, revision },
      {
        organization: { slug: place.slug, name: place.organization },
        cluster: place.cluster,
        environment: place.environment,
        url: `${env().PLUMBLINE_URL}/${place.slug}/environments/${place.cluster}/${place.environment}`,
        what: was.summary || was.reason,
        editor: alert.kind === "diff" ? place.editor : null,
        suspended: was.suspended && { ...was.suspended, until: was.suspended.until ?? null },
        commit,
        commitUrl: web && revision ? `${web}/commit/${revision}` : null,
      },
    );
    return { id, key: alert.key, kind: alert.kind, episode: alert.episode, ordinal: alert.ordinal, message };
  });
  const writeBack =
    place.connected || (isGithub(place.repositoryUrl) && Boolean(await installationToken(organizationId)));
  await insertAlerts(tx, { organizationId, environmentId, clusterId: place.clusterId, now, writeBack, rows });
}

type Place = {
  slug: string;
  organization: string;
  cluster: string;
  clusterId: string;
  environment: string;
  repositoryId: string;
  repositoryUrl: string;
  /** The repository has a token of its own. */
  connected: boolean;
  editor: string | null;
};

function readPlace(tx: Transaction, organizationId: string, environmentId: string): Promise<Place[]> {
  return tx.$queryRaw<Place[]>`
    select o.slug, o.name as organization, c.name as cluster, c.id as "clusterId", e.name as environment,
      r.id as "repositoryId", r.url as "repositoryUrl", d.editor,
      exists (select from git_installations g where g.organization_id = r.organization_id and g.repository_id = r.id) as connected
    from environments e
    join organizations o on o.id = e.organization_id
    join clusters c on c.organization_id = e.organization_id and c.id = e.cluster_id
    join repositories r on r.organization_id = e.organization_id and r.id = e.repository_id
    left join lateral (
      select jsonb_path_query_first(d.evidence, '$[*].changes[*].by.who') #>> '{}' as editor from divergences d
      where d.organization_id = e.organization_id and d.environment_id = e.id and 'drift' = any(d.causes)
        and d.ended_at is null limit 1
    ) d on true
    where e.organization_id = ${organizationId}::uuid and e.id = ${environmentId}::uuid`;
}

type Rows = {
  organizationId: string;
  /** Null for an alert of a whole cluster, and of the organization. */
  environmentId: string | null;
  clusterId: string | null;
  now: Date;
  /** Whether its repository takes commit statuses from us. */
  writeBack: boolean;
  rows: {
    id: string;
    key: string;
    kind: string;
    episode: string | null;
    ordinal: number;
    message: AlertMessage;
  }[];
};

const statusKinds = ["change-committed", "diff", "converged", "failed"];

/**
 * One statement: alerts that are not there yet, a delivery for each channel that a rule sends them to, and one for
 * the commit status. What is muted is written down and not sent to people; a commit's status is no message and
 * stays true.
 */
export async function insertAlerts(tx: Transaction, call: Rows): Promise<void> {
  const { organizationId, environmentId, clusterId, now, rows } = call;
  const organization = Prisma.sql`${organizationId}::uuid`;
  const environment = Prisma.sql`${environmentId}::uuid`;
  const raised = await tx.$queryRaw<{ id: string }[]>`
    with muted as (
      select exists (select from mutes m where m.organization_id = ${organization} and m.until > ${now}::timestamptz
        and (m.environment_id is null or m.environment_id = ${environment})) as yes
    ), raised as (
      insert into alerts (organization_id, id, key, kind, environment_id, cluster_id, episode_id, ordinal, at, message, muted)
      select ${organization}, r.id, r.key, r.kind, ${environment}, ${clusterId}::uuid, r.episode, r.ordinal,
        (r.message ->> 'at')::timestamptz, r.message, muted.yes
      from muted, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r(id uuid, key text, kind text, episode uuid, ordinal int, message jsonb)
      on conflict (organization_id, key) do nothing
      returning id, kind, muted
    ), receivers as (
      select distinct raised.id as alert_id, c.id as channel_id
      from raised
      join notification_rules n on n.organization_id = ${organization} and raised.kind = any(n.kinds)
        and (n.environment_id is null or n.environment_id = ${environment}
          or (${environment} is null and n.environment_id in (
            select e.id from environments e where e.organization_id = ${organization} and e.cluster_id = ${clusterId}::uuid)))
      join notification_channels c on c.organization_id = ${organization} and c.id = n.channel_id and c.disabled_at is null
      where not raised.muted
      union all
      select raised.id, null from raised where raised.kind = any(${statusKinds}::text[]) and ${call.writeBack}
    ), sent as (
      insert into deliveries (organization_id, id, alert_id, channel_id, next_at)
      select ${organization}, gen_random_uuid(), alert_id, channel_id, ${now}::timestamptz from receivers
      on conflict do nothing
    )
    select id from raised`;
  await notifyLive(
    tx,
    organizationId,
    raised.map(({ id }) => ({ topic: "alert", id })),
  );
}
