import { z } from "zod";
import { Cause, EnvironmentState } from "../protocol/state.ts";

/** One cluster as lists show it. `status`: `waiting` before the first hello, `silent` after three missed intervals. */
export const ClusterRow = z.object({
  id: z.uuid(),
  name: z.string(),
  status: z.enum(["waiting", "connected", "silent"]),
  agentVersion: z.string().nullable(),
  kubernetesVersion: z.string().nullable(),
  simulated: z.boolean(),
  lastSeenAt: z.string().nullable(),
  connectedAt: z.string().nullable(),
  createdAt: z.string(),
  environmentCount: z.number().int(),
  /** The worst first, not without end. */
  environments: z.array(
    z.object({ id: z.uuid(), name: z.string(), state: EnvironmentState, causes: z.array(Cause) }),
  ),
  /** Kinds that its agent may not read, so that their objects are Unknown; the most objects first. */
  lacks: z.array(
    z.object({
      group: z.string(),
      /** The plural name, as rules of RBAC have it. */
      resource: z.string(),
      /** Where; empty for kinds that have no namespaces. */
      namespaces: z.array(z.string()),
      objects: z.number().int(),
    }),
  ),
});
export type ClusterRow = z.infer<typeof ClusterRow>;

export const ClusterList = z.object({ clusters: z.array(ClusterRow) });
export type ClusterList = z.infer<typeof ClusterList>;

/** A token as it may be shown: never its value. */
export const TokenRow = z.object({
  id: z.uuid(),
  createdAt: z.string(),
  createdBy: z.string(),
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  /** Last four characters, so that people can tell two tokens apart. */
  ending: z.string(),
});
export type TokenRow = z.infer<typeof TokenRow>;

export const ClusterDetail = ClusterRow.extend({
  tokens: z.array(TokenRow),
  /** Declared environments the agent could not use. */
  invalid: z.array(z.object({ name: z.string(), message: z.string() })),
});
export type ClusterDetail = z.infer<typeof ClusterDetail>;

export const ConnectClusterInput = z.object({
  name: z
    .string()
    .trim()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "Lower-case letters, digits and dashes, at most 63."),
});
export type ConnectClusterInput = z.infer<typeof ConnectClusterInput>;

/** The only answer that ever carries a token. */
export const ConnectClusterResult = z.object({
  clusterId: z.uuid(),
  token: z.string(),
  /** The control plane's public URL that the agent dials. */
  url: z.string(),
  /** Where Helm finds the agent's chart: a path in a checkout, or an oci:// or https:// address. */
  chart: z.string(),
});
export type ConnectClusterResult = z.infer<typeof ConnectClusterResult>;
