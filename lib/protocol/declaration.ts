import { z } from "zod";
import { PROGRESS_DEADLINE_MS } from "./state.ts";

/** What an agent does about a difference: only say so, or also converge it. */
export const Mode = z.enum(["observe", "sync"]);
export type Mode = z.infer<typeof Mode>;

/** An environment's name within its cluster: a DNS label, as it stands in URLs. */
export const EnvironmentName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "lower-case letters, digits and dashes, at most 63");

/** When applies are allowed or denied, declared in the cluster: deny beats allow, and an allow denies the rest. */
export const SyncWindow = z.object({
  kind: z.enum(["allow", "deny"]),
  /** When it opens: cron with five fields. */
  schedule: z.string().min(1).max(200),
  durationMs: z.number().int().positive(),
  /** IANA name. */
  timezone: z.string().max(64),
  reason: z.string().max(1000),
});
export type SyncWindow = z.infer<typeof SyncWindow>;

/** A declared environment as the control plane sees it: no credentials, no local paths. */
export const DeclaredEnvironment = z.object({
  name: EnvironmentName,
  repository: z.string().min(1).max(2048),
  ref: z.string().min(1).max(255),
  path: z.string().max(1024),
  mode: Mode,
  renderer: z.enum(["auto", "yaml", "kustomize", "helm"]),
  namespace: z.string().max(63).optional(),
  prune: z.boolean(),
  labels: z.record(z.string().max(128), z.string().max(256)).default({}),
  /** How long objects may be Progressing before the environment counts as diverged. */
  progressDeadlineMs: z.number().int().positive().default(PROGRESS_DEADLINE_MS),
  /** Whether people may suspend it from the dashboard. */
  remoteSuspend: z.boolean().default(true),
  /** Environments of the same cluster that converge first. */
  dependsOn: z.array(EnvironmentName).max(100).default([]),
  /** `namespace/name` of the service account that applies are made as; absent: the agent itself. */
  serviceAccount: z.string().max(320).optional(),
  windows: z.array(SyncWindow).max(50).default([]),
});
export type DeclaredEnvironment = z.infer<typeof DeclaredEnvironment>;
