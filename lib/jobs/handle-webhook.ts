import { withOrganization, withoutOrganization, withRouting } from "../db.ts";
import { env } from "../env.ts";
import { notifyHint, notifyLive } from "../events.ts";
import { GitHostError } from "../git-hosts/index.ts";
import { checkInstallation } from "../github-app/check-installation.ts";
import type { Jobs } from "../queue-names.ts";
import type { DeliveryPayload } from "../webhooks/record-delivery.ts";
import { refreshPullRequest } from "./refresh-pull-request.ts";

/** Handles one recorded delivery for every organization that follows its repository. */
export async function handleWebhook({ deliveryId }: Jobs["handle-webhook"]): Promise<void> {
  const delivery = await withoutOrganization((tx) =>
    tx.webhookDelivery.findUnique({ where: { id: deliveryId } }),
  );
  if (!delivery || delivery.handledAt) return;
  const payload = delivery.payload as unknown as DeliveryPayload;
  if (payload.installation !== undefined) await checkInstallation(payload.installation);
  else
    for (const repository of await findRepositories(delivery.address, payload.fullName)) {
      await noteWebhook(repository, payload);
      if (payload.pullRequest !== null) await refresh(repository, payload.pullRequest);
    }
  await withoutOrganization((tx) =>
    tx.webhookDelivery.update({ where: { id: deliveryId }, data: { handledAt: new Date() } }),
  );
}

type Repository = { organizationId: string; id: string };

function findRepositories(address: string | null, fullName: string): Promise<Repository[]> {
  // A GitHub of one's own may serve Git under another name or port than its web pages.
  const ownGithub = env().GITHUB_WEB_URL !== "https://github.com";
  const byPath = {
    AND: [
      { address: { endsWith: `/${fullName.toLowerCase()}` } },
      { NOT: { address: { startsWith: "github.com/" } } },
    ],
  };
  return withRouting((tx) =>
    tx.repository.findMany({
      where: { OR: [{ address: address ?? "" }, ...(ownGithub ? [byPath] : [])] },
      select: { organizationId: true, id: true },
    }),
  );
}

function noteWebhook({ organizationId, id }: Repository, { ref }: DeliveryPayload): Promise<void> {
  return withOrganization(organizationId, async (tx) => {
    await tx.repository.update({
      where: { organizationId_id: { organizationId, id } },
      data: { lastWebhookAt: new Date() },
    });
    await notifyLive(tx, organizationId, [{ topic: "repository", id }]);
    if (ref === null) return;
    const refs = [ref, ref.replace(/^refs\/(heads|tags)\//, ""), "HEAD"];
    const environments = await tx.environment.findMany({
      where: { organizationId, repositoryId: id, ref: { in: refs }, removedAt: null },
      select: { clusterId: true, name: true },
    });
    for (const { clusterId, name } of environments)
      await notifyHint(tx, organizationId, clusterId, { environment: name, reason: "push" });
  });
}

async function refresh({ organizationId, id: repositoryId }: Repository, number: number) {
  const rows = await withOrganization(organizationId, (tx) =>
    tx.pullRequest.findMany({
      where: { organizationId, repositoryId, number, status: { in: ["open", "closed"] } },
      select: { id: true },
    }),
  );
  for (const { id } of rows)
    try {
      await refreshPullRequest({ organizationId, id, actor: { kind: "webhook", id: null, name: "GitHub" } });
    } catch (error) {
      // Written down on its row, and the sweep asks again.
      if (!(error instanceof GitHostError)) throw error;
    }
}
