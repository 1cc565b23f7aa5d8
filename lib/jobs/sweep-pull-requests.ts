import { withOrganization, withRouting } from "../db.ts";
import { log } from "../log.ts";
import { refreshPullRequest } from "./refresh-pull-request.ts";

const lostAfterMs = 20_000;
const perSweep = 50;

/** Covers lost webhooks: asks the host about open pull requests nobody has heard of for a while. */
export async function sweepPullRequests(now: Date): Promise<void> {
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
