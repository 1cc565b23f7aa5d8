import { z } from "zod";

/** What an agent does about a difference: only say so, or also converge it. */
export const Mode = z.enum(["observe", "sync"]);
export type Mode = z.infer<typeof Mode>;

/** An environment's name within its cluster: a DNS label, as it stands in URLs. */
export const EnvironmentName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "lower-case letters, digits and dashes, at most 63");

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
});
export type DeclaredEnvironment = z.infer<typeof DeclaredEnvironment>;
