import type { Agent } from "../auth/agent-tokens.ts";
import { withOrganization } from "../db.ts";
import { AppError } from "../errors.ts";
import { notifyLive } from "../events.ts";

/**
 * A report could not be taken: says so on the pages of the environments it names (of all of the
 * cluster's, where it names none), leaves the last good state as it is, and throws `error` on.
 * `read` is what could be read of it: a value, or the beginning of a text.
 */
export async function refuseReport(call: { agent: Agent; error: unknown; read?: unknown }): Promise<never> {
  const { agent, error, read } = call;
  if (!(error instanceof AppError)) throw error;
  const { organizationId, clusterId } = agent;
  const names = namesIn(read);
  const message = `A report from the agent was refused: ${error.message}`.slice(0, 2000);
  await withOrganization(organizationId, async (tx) => {
    const where = {
      organizationId,
      clusterId,
      removedAt: null,
      ...(names.length ? { name: { in: names } } : {}),
    };
    const environments = await tx.environment.findMany({
      where,
      select: { id: true },
      orderBy: { id: "asc" },
    });
    await tx.environment.updateMany({ where, data: { reportProblem: message, reportProblemAt: new Date() } });
    await notifyLive(
      tx,
      organizationId,
      environments.map(({ id }) => ({ topic: "environment", id })),
    );
  });
  throw error;
}

function namesIn(read: unknown): string[] {
  // Cut off in the middle, JSON can only be searched; a name found by mistake names no environment.
  if (typeof read === "string")
    return [
      ...new Set([...read.matchAll(/"environment"\s*:\s*"([a-z0-9-]{1,63})"/g)].map(([, name]) => name!)),
    ];
  const reports = (read as { reports?: unknown } | null | undefined)?.reports;
  if (!Array.isArray(reports)) return [];
  return reports
    .slice(0, 100)
    .flatMap((report) => (typeof report?.environment === "string" ? report.environment.slice(0, 63) : []));
}
