import { withOrganization, withRouting } from "../db.ts";
import { log } from "../log.ts";
import { recordRollbackFailure } from "../pull-requests/record-failure.ts";
import { enqueue } from "../queue.ts";
import { refreshPullRequest } from "./refresh-pull-request.ts";

const lostAfterMs = 20_000;
const perSweep = 50;

/** A job gives up before this; what is still only asked for then was lost. */
const givenUpAfterMs = 30 * 60_000;

/** One that was closed is looked at less often, and no longer after this. */
const closedEveryMs = 10 * 60_000;
const reopenedWithinMs = 14 * 86_400_000;

/** Covers what was lost: webhooks of open and reopened pull requests, and requests whose job ended without a word. */
export async function sweepPullRequests(now: Date): Promise<void> {
  await askAboutOpen(now);
  await goOnWithLimited(now);
  await giveUpForgotten(now);
}

/** The host's limit is over: what waited for that is opened now. */
async function goOnWithLimited(now: Date) {
  const due = await withRouting((tx) =>
    tx.pullRequest.findMany({
      where: { status: "requested", retryAt: { lte: now } },
      take: perSweep,
      select: { organizationId: true, id: true },
    }),
  );
  for (const { organizationId, id } of due)
    await withOrganization(organizationId, async (tx) => {
      const { count } = await tx.pullRequest.updateMany({
        where: { organizationId, id, status: "requested", retryAt: { lte: now } },
        data: { retryAt: null, checkedAt: now },
      });
      if (count > 0) await enqueue(tx, "open-rollback", { organizationId, pullRequestId: id });
    });
}

async function giveUpForgotten(now: Date) {
  const before = new Date(now.getTime() - givenUpAfterMs);
  const where = { status: "requested", checkedAt: { lt: before }, retryAt: null };
  const forgotten = await withRouting((tx) =>
    tx.pullRequest.findMany({ where, take: perSweep, select: { organizationId: true, id: true } }),
  );
  const problem = "It could not be opened within half an hour.";
  for (const { organizationId, id } of forgotten)
    await recordRollbackFailure({ organizationId, id, failure: "not-opened", problem, final: true });
}

async function askAboutOpen(now: Date) {
  const before = new Date(now.getTime() - lostAfterMs);
  const open = await withRouting((tx) =>
    tx.pullRequest.findMany({
      where: {
        OR: [
          { status: "open", checkedAt: { lt: before } },
          {
            status: "closed",
            number: { not: null },
            checkedAt: { lt: new Date(now.getTime() - closedEveryMs) },
            closedAt: { gt: new Date(now.getTime() - reopenedWithinMs) },
          },
        ],
      },
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
