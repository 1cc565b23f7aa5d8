import { withOrganization, withRouting } from "../db.ts";
import { log } from "../log.ts";
import { recordRollbackFailure } from "../pull-requests/record-failure.ts";
import { refreshPullRequest } from "./refresh-pull-request.ts";

const lostAfterMs = 20_000;
const perSweep = 50;

/** A job gives up before this; what is still only asked for then was lost. */
const givenUpAfterMs = 30 * 60_000;

/** Covers what was lost: webhooks of open pull requests, and requests whose job ended without a word. */
export async function sweepPullRequests(now: Date): Promise<void> {
  await askAboutOpen(now);
  await giveUpForgotten(now);
}

async function giveUpForgotten(now: Date) {
  const before = new Date(now.getTime() - givenUpAfterMs);
  const where = { status: "requested", requestedAt: { lt: before } };
  const forgotten = await withRouting((tx) =>
    tx.pullRequest.findMany({ where, take: perSweep, select: { organizationId: true, id: true } }),
  );
  const problem = "It could not be opened within half an hour; ask again.";
  for (const { organizationId, id } of forgotten)
    await recordRollbackFailure({ organizationId, id, problem, final: true });
}

async function askAboutOpen(now: Date) {
  const before = new Date(now.getTime() - lostAfterMs);
  const open = await withRouting((tx) =>
    tx.pullRequest.findMany({
      where: { status: "open", checkedAt: { lt: before } },
      orderBy: { checkedAt: "asc" },
      take: perSweep,
      select: { organizationId: true, id: true },
    }),
  );
  for (const { organizationId, id } of open) {
    try {
      await refreshPullRequest({ organizationId, id, actor: { kind: "job", id: null, name: "Plumbline" } });
    } catch (err) {
      // One repository that refuses must not keep the others from being asked.
      log().warn({ err, id }, "a pull request could not be looked at");
    }
    await withOrganization(organizationId, (tx) =>
      tx.pullRequest.updateMany({ where: { organizationId, id }, data: { checkedAt: now } }),
    );
  }
}
