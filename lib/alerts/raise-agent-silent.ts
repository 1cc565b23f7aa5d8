import { randomUUID } from "node:crypto";
import type { Transaction } from "../db.ts";
import { env } from "../env.ts";
import { silentAfterMs } from "../environments/known-until.ts";
import type { AlertMessage } from "../notifications/message.ts";
import { duration } from "../protocol/duration.ts";
import { insertAlerts } from "./raise-alerts.ts";

/** A cluster's agent has fallen silent: one alert for all of its environments, once for each silence. */
export async function raiseAgentSilent(
  tx: Transaction,
  { organizationId, clusterId, now }: { organizationId: string; clusterId: string; now: Date },
): Promise<void> {
  const where = { organizationId_id: { organizationId, id: clusterId } };
  const cluster = await tx.cluster.findUniqueOrThrow({
    where,
    include: { organization: true, environments: { where: { removedAt: null }, orderBy: { name: "asc" } } },
  });
  const { organization, environments, lastSeenAt, name } = cluster;
  if (!lastSeenAt) return;
  const at = new Date(Math.min(now.getTime(), lastSeenAt.getTime() + silentAfterMs()));
  const id = randomUUID();
  const message: AlertMessage = {
    id,
    kind: "agent-silent",
    at: at.toISOString(),
    organization: { slug: organization.slug, name: organization.name },
    cluster: name,
    environment: null,
    title: `The agent of ${name} is silent`,
    what: whatOf(
      environments.map((one) => one.name),
      duration(at.getTime() - lastSeenAt.getTime()),
    ),
    since: lastSeenAt.toISOString(),
    who: null,
    revision: null,
    url: `${env().PLUMBLINE_URL}/${organization.slug}/clusters/${clusterId}`,
    commitUrl: null,
    episode: null,
    ordinal: 0,
  };
  const key = `agent-silent:${clusterId}:${lastSeenAt.getTime()}`;
  await insertAlerts(tx, {
    organizationId,
    environmentId: null,
    clusterId,
    now,
    writeBack: false,
    rows: [{ id, key, kind: "agent-silent", episode: null, ordinal: 0, message }],
  });
}

const namedEnvironments = 10;

function whatOf(names: string[], lasted: string): string {
  const count = `${names.length} environment${names.length === 1 ? "" : "s"}`;
  const first = names.slice(0, namedEnvironments).join(", ");
  const more = names.length > namedEnvironments ? ", …" : "";
  const list = names.length > 0 ? `: ${first}${more}` : "";
  return `Nothing was heard of it for ${lasted}, so the state of ${count} is not known${list}. It keeps converging by itself where it still runs.`;
}
