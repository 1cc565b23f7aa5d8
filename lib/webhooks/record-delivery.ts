import { type Prisma, withoutOrganization } from "../db.ts";
import { installationEventSchema, pullRequestEventSchema, pushEventSchema } from "../git-hosts/index.ts";
import { invalid } from "../http/respond.ts";
import { enqueue } from "../queue.ts";
import { repositoryAddress } from "../repositories/rules.ts";

/** What is kept of a delivery: where it belongs and what it is about; nothing in it is believed beyond that. */
export type DeliveryPayload = {
  fullName: string;
  ref: string | null;
  pullRequest: number | null;
  installation?: number;
};

/**
 * Writes a signed delivery down and enqueues its handling, once for each delivery id and once for each body: the id
 * is not signed, so what was overheard could be sent again under another one.
 */
export async function recordDelivery(delivery: {
  id: string;
  event: string;
  /** SHA-256 of the signed bytes, hex. */
  bodyDigest: string;
  payload: unknown;
}): Promise<{ status: "accepted" | "duplicate" | "ignored" }> {
  const { id, event, bodyDigest } = delivery;
  const read = readDelivery(event, delivery.payload);
  if (!read) return { status: "ignored" };
  const { address, ...payload } = read;
  return withoutOrganization(async (tx) => {
    const { count } = await tx.webhookDelivery.createMany({
      data: [{ id, event, bodyDigest, address, payload: payload as unknown as Prisma.InputJsonObject }],
      skipDuplicates: true,
    });
    if (count === 0) return { status: "duplicate" };
    await enqueue(tx, "handle-webhook", { deliveryId: id });
    return { status: "accepted" };
  });
}

function readDelivery(
  event: string,
  payload: unknown,
): (DeliveryPayload & { address: string | null }) | null {
  if (event === "push") {
    const parsed = pushEventSchema.safeParse(payload);
    if (!parsed.success) throw invalid(parsed.error);
    const { ref, repository } = parsed.data;
    return {
      address: repositoryAddress(repository.html_url),
      fullName: repository.full_name,
      ref,
      pullRequest: null,
    };
  }
  if (event === "pull_request") {
    const parsed = pullRequestEventSchema.safeParse(payload);
    if (!parsed.success) throw invalid(parsed.error);
    const { number, repository } = parsed.data;
    return {
      address: repositoryAddress(repository.html_url),
      fullName: repository.full_name,
      ref: null,
      pullRequest: number,
    };
  }
  if (event === "installation" || event === "installation_repositories") {
    const parsed = installationEventSchema.safeParse(payload);
    if (!parsed.success) throw invalid(parsed.error);
    const { id } = parsed.data.installation;
    return { address: null, fullName: "", ref: null, pullRequest: null, installation: id };
  }
  return null;
}
