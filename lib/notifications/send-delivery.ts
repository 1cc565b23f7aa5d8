import { withOrganization } from "../db.ts";
import { findAccess, openHost } from "../repositories/open-host.ts";
import { openChannelSecret } from "./channel-secret.ts";
import type { Sent } from "./channels/channel.ts";
import { sendCommitStatus } from "./channels/commit-status.ts";
import { openChannel } from "./channels/index.ts";
import { refused } from "./channels/outcome.ts";
import type { Claimed } from "./claim-delivery.ts";

/** Sends a claimed delivery once, through its channel or to its commit; every failure is an answer. */
export async function sendDelivery(claimed: Claimed): Promise<Sent> {
  try {
    return claimed.channel ? await sendToChannel(claimed, claimed.channel) : await sendStatus(claimed);
  } catch (error) {
    // A sender answers what a receiver says; this is a fault of ours, and its text may hold anything.
    const name = error instanceof Error ? error.name : "an error";
    return {
      ok: false,
      reason: `It could not be sent, by a fault of Plumbline's (${name}).`,
      retryable: true,
    };
  }
}

async function sendToChannel(
  { organizationId, message, thread, secretEncrypted }: Claimed,
  { id, kind, name, config, disabled }: NonNullable<Claimed["channel"]>,
): Promise<Sent> {
  if (disabled) return refused(`The channel "${name}" is disabled.`);
  let secret: unknown;
  try {
    secret = openChannelSecret(kind, { organizationId, id }, secretEncrypted);
  } catch {
    return refused(
      `The secret of the channel "${name}" cannot be opened, as PLUMBLINE_SECRET is another one now; give it again.`,
    );
  }
  return openChannel(kind, config, secret).send(message, thread);
}

async function sendStatus({ organizationId, environmentId, message }: Claimed): Promise<Sent> {
  const read = await withOrganization(organizationId, async (tx) => {
    const environment = environmentId
      ? await tx.environment.findUnique({
          where: { organizationId_id: { organizationId, id: environmentId } },
        })
      : null;
    if (!environment) return null;
    const { id, name, repositoryId } = environment;
    const others = await tx.environment.count({
      where: { organizationId, repositoryId, name, removedAt: null, id: { not: id } },
    });
    return { access: await findAccess(tx, organizationId, repositoryId), ambiguous: others > 0 };
  });
  if (!read?.access) return refused("Plumbline has no token for this repository any more: connect it again.");
  return sendCommitStatus(openHost(read.access), message, { ambiguous: read.ambiguous });
}
