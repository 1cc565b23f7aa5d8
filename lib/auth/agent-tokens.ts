import { randomBytes } from "node:crypto";
import { withToken } from "../db.ts";
import { AppError } from "../errors.ts";
import { sha256 } from "../secrets.ts";

/** A cluster's agent, proven by its token. */
export type Agent = { organizationId: string; clusterId: string; tokenId: string };

/** A new token: its value, shown once, and what is stored of it. */
export function makeAgentToken(): { value: string; hash: string; ending: string } {
  const value = `plumb_${randomBytes(32).toString("base64url")}`;
  return { value, hash: sha256(value), ending: value.slice(-4) };
}

/** The agent that a bearer token belongs to; throws `unauthenticated` where it is none of ours, or was revoked. */
export async function authenticateAgent(authorization: string | undefined): Promise<Agent> {
  const value = /^Bearer (\S{1,200})$/.exec(authorization ?? "")?.[1];
  if (!value)
    throw new AppError(
      "unauthenticated",
      "The request carries no agent token; send it as `Authorization: Bearer …`.",
    );
  const hash = sha256(value);
  const found = await withToken(hash, (tx) => tx.agentToken.findUnique({ where: { hash } }));
  if (!found)
    throw new AppError(
      "unauthenticated",
      "This agent token is not known here; check the agent's token and control-plane URL.",
    );
  if (found.revokedAt)
    throw new AppError(
      "unauthenticated",
      "This agent token was revoked; make a new one on the cluster's page and give it to the agent.",
    );
  return { organizationId: found.organizationId, clusterId: found.clusterId, tokenId: found.id };
}
