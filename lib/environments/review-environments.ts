import { followEnvironment } from "../alerts/follow-environment.ts";
import type { Transaction } from "../db.ts";
import { recordEpisode } from "../divergences/record-episode.ts";
import { env } from "../env.ts";
import { notifyLive } from "../events.ts";
import { environmentState } from "../protocol/state.ts";
import { factsOf, lockEnvironments } from "./environment-row.ts";
import { knownUntil } from "./known-until.ts";
import { differingObjects, recheckAt } from "./rules.ts";

/**
 * Judges environments again as of `now` without a new report: an agent fell silent or came back, a
 * deadline passed, a suspension ran out. Nothing is written where the verdict is the same.
 */
export async function reviewEnvironments(
  tx: Transaction,
  { now, ...where }: { organizationId: string; clusterId?: string; ids?: string[]; now: Date },
): Promise<void> {
  const { organizationId } = where;
  const changed: string[] = [];
  for (const record of await lockEnvironments(tx, where)) {
    const facts = factsOf(record, now, record.clusterSeenAt, env().REPORT_INTERVAL_MS);
    const verdict = environmentState(facts);
    const due = recheckAt(facts, verdict);
    const moved = verdict.state !== record.state;
    if (moved || verdict.reason !== record.reason || verdict.causes.join() !== record.causes.join())
      changed.push(record.id);
    const episode = await recordEpisode(tx, {
      organizationId,
      environmentId: record.id,
      verdict,
      at: now,
      objects: differingObjects(record.counts),
      summary: record.summary,
      evidence: [],
      revision: record.headRevision,
    });
    const alerting = await followEnvironment(tx, {
      ...{ organizationId, state: verdict.state, episode, at: now, knownUntil: knownUntil(record, now), now },
      ...{ before: record, after: { ...record, ...verdict }, report: null },
    });
    await tx.environment.update({
      where: { organizationId_id: { organizationId, id: record.id } },
      data: {
        ...verdict,
        ...alerting,
        recheckAt: due === null ? null : new Date(due),
        ...(moved ? { stateSince: now } : {}),
      },
    });
  }
  await notifyLive(
    tx,
    organizationId,
    changed.map((id) => ({ topic: "environment", id })),
  );
}
