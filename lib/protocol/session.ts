import { z } from "zod";
import { DeclaredEnvironment } from "./declaration.ts";

/** How an agent says hello: what it is, where it is, and what is declared there. */
export const SessionRequest = z.object({
  protocol: z.number().int().positive(),
  agentVersion: z.string().max(63),
  stream: z.uuid(),
  cluster: z.object({
    /** UID of the kube-system namespace: the same cluster is the same cluster after a reinstall. */
    uid: z.string().min(1).max(128),
    kubernetesVersion: z.string().max(128),
    simulated: z.boolean(),
  }),
  environments: z.array(DeclaredEnvironment).max(5000),
  /** Declared environments that cannot be used, with the sentence that says why. */
  invalid: z.array(z.object({ name: z.string().max(253), message: z.string().max(2000) })).max(1000),
});
export type SessionRequest = z.infer<typeof SessionRequest>;

export const SessionResponse = z.object({
  session: z.uuid(),
  clusterName: z.string(),
  reportIntervalMs: z.number().int().positive(),
  /** Largest request body the server takes, in bytes, after decompression. */
  maxRequestBytes: z.number().int().positive(),
  /** Last recorded report per environment, so that a restarted agent knows what to send. */
  acknowledged: z.record(z.string(), z.object({ stream: z.uuid(), sequence: z.number().int() })),
});
export type SessionResponse = z.infer<typeof SessionResponse>;
