import type { Transaction } from "../db.ts";
import { lockEnvironments } from "../environments/environment-row.ts";
import { knownUntil } from "../environments/known-until.ts";
import { notifyLive } from "../events.ts";
import { advanceAlerts } from "./follow-environment.ts";

/** Raises what time alone has raised in environments that the clock found due, as far as their agents' word goes. */
export async function reviewAlerts(
  tx: Transaction,
  { organizationId, ids, now }: { organizationId: string; ids: string[]; now: Date },
): Promise<void> {
  const changed: string[] = [];
  for (const record of await lockEnvironments(tx, { organizationId, ids })) {
    const columns = await advanceAlerts(tx, {
      organizationId,
      environment: record,
      knownUntil: knownUntil(record, now),
      now,
    });
    if (columns.alertMemory) changed.push(record.id);
    await tx.environment.update({
      where: { organizationId_id: { organizationId, id: record.id } },
      data: columns,
    });
  }
  await notifyLive(
    tx,
    organizationId,
    changed.map((id) => ({ topic: "environment", id })),
  );
}
