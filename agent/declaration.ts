import { Cron } from "croner";
import { z } from "zod";
import { DeclaredEnvironment, EnvironmentName, Mode } from "../lib/protocol/declaration.ts";
import { PROGRESS_DEADLINE_MS } from "../lib/protocol/state.ts";

function isCron(text: string): boolean {
  try {
    new Cron(text, { mode: "5-part" });
    return true;
  } catch {
    return false;
  }
}

/** By trying: the list of zones holds one name of each, "Asia/Calcutta" and not "Asia/Kolkata". */
function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** Milliseconds from "30s", "5m", "1h". */
export const Duration = z
  .string()
  .regex(/^\d+(ms|s|m|h)$/, 'a duration such as "30s", "5m" or "1h"')
  .transform((text) => {
    const unit = text.replace(/^\d+/, "") as "ms" | "s" | "m" | "h";
    return Number.parseInt(text, 10) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit];
  });

/** Hides the fields that match every given criterion; the page says how many were hidden. */
export const IgnoreRule = z.strictObject({
  group: z.string().optional(),
  kind: z.string().optional(),
  name: z.string().optional(),
  namespace: z.string().optional(),
  /** JSON pointers; `*` stands for one segment. */
  pointers: z.array(z.string().startsWith("/")).optional(),
  /** Field managers whose fields do not count. */
  managers: z.array(z.string()).optional(),
});
export type IgnoreRule = z.infer<typeof IgnoreRule>;

/** What the mask hides besides Secrets and last-applied annotations. */
export const MaskRules = z.strictObject({
  annotations: z.array(z.string()).default([]),
  /** By kind: JSON pointers with `*` for one segment. */
  fields: z.array(z.strictObject({ kind: z.string(), pointer: z.string().startsWith("/") })).default([]),
});
export type MaskRules = z.infer<typeof MaskRules>;

/** When applies are allowed or denied; deny beats allow, and where there is an allow, the rest of time is denied. */
export const Window = z.strictObject({
  kind: z.enum(["allow", "deny"]),
  /** When it opens: cron with five fields. */
  schedule: z.string().max(200).refine(isCron, 'cron with five fields, such as "0 18 * * 5"'),
  duration: Duration,
  timezone: z
    .string()
    .max(64)
    .default("UTC")
    .refine(isTimezone, 'an IANA time zone, such as "Europe/Vienna"'),
  reason: z.string().max(1000).default(""),
});
export type Window = z.infer<typeof Window>;

/** A kind as `Kind` or `Kind.group`: "PersistentVolumeClaim", "Job.batch". */
const KindName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9]*(\.[a-z0-9.-]+)?$/, 'a kind such as "Namespace" or "Job.batch"');

/** One environment as the cluster declares it (Helm values → ConfigMap → this file). */
export const Declaration = z.strictObject({
  name: EnvironmentName,
  repository: z.strictObject({
    url: z.string().min(1).max(2048),
    ref: z.string().min(1).max(255).default("main"),
    /** Directory with username+password, token, or identity+known_hosts, and ca.crt: a mounted Secret. */
    credentials: z.string().optional(),
  }),
  path: z.string().max(1024).default("."),
  mode: Mode.default("observe"),
  interval: Duration.default(60_000),
  /** Namespace for objects that name none. */
  namespace: z.string().max(63).optional(),
  prune: z.boolean().default(true),
  /** Kinds that are pruned although others' data goes with them: Namespace, CustomResourceDefinition.…, PersistentVolumeClaim. */
  pruneKinds: z.array(KindName).max(100).default([]),
  /** Kinds that may be removed and made again where an immutable field has to change; so may one object by annotation. */
  recreateKinds: z.array(KindName).max(100).default([]),
  /** What to do about fields that another manager owns: take them back and say from whom, or refuse the sync. */
  onConflict: z.enum(["take", "refuse"]).default("take"),
  /** How long applied objects may take to become healthy. */
  progressDeadline: Duration.default(PROGRESS_DEADLINE_MS),
  /** Applies are made as this service account; what it may not do is refused. */
  serviceAccountName: z.string().max(253).optional(),
  /** Namespace of the service account; default: the environment's own, else the agent's. */
  serviceAccountNamespace: z.string().max(63).optional(),
  /** Environments of this cluster that must be converged before this one is applied. */
  dependsOn: z.array(EnvironmentName).max(100).default([]),
  windows: z.array(Window).max(50).default([]),
  /** Whether people may suspend it from the dashboard. */
  remoteSuspend: z.boolean().default(true),
  renderer: z.enum(["auto", "yaml", "kustomize", "helm"]).default("auto"),
  helm: z
    .strictObject({
      releaseName: z.string().max(53).optional(),
      /** Relative to the repository's root; must stay inside it. */
      valuesFiles: z.array(z.string()).default([]),
      values: z.record(z.string(), z.json()).default({}),
    })
    .default({ valuesFiles: [], values: {} }),
  ignore: z.array(IgnoreRule).default([]),
  mask: MaskRules.default({ annotations: [], fields: [] }),
  /** Whether fields that others added count as a difference. */
  additionsCount: z.boolean().default(false),
  labels: z.record(z.string().max(128), z.string().max(256)).default({}),
  suspend: z
    .strictObject({ reason: z.string(), owner: z.string(), until: z.iso.datetime().optional() })
    .optional(),
});
export type Declaration = z.infer<typeof Declaration>;

/** The file the chart's ConfigMap holds. Environments are checked one by one, so that one bad entry is one bad entry. */
export const DeclarationFile = z.strictObject({ environments: z.array(z.unknown()).max(5000) });

/**
 * What the control plane may know of a declaration: no credentials and no credentials in the URL. An account
 * without a namespace is one of `ownNamespace`, where objects without one go as well.
 */
export function publicDeclaration(declaration: Declaration, ownNamespace: string): DeclaredEnvironment {
  return DeclaredEnvironment.parse({
    name: declaration.name,
    repository: declaration.repository.url,
    ref: declaration.repository.ref,
    path: declaration.path,
    mode: declaration.mode,
    renderer: declaration.renderer,
    namespace: declaration.namespace,
    prune: declaration.prune,
    labels: declaration.labels,
    progressDeadlineMs: declaration.progressDeadline,
    remoteSuspend: declaration.remoteSuspend,
    dependsOn: declaration.dependsOn,
    serviceAccount:
      declaration.serviceAccountName &&
      `${declaration.serviceAccountNamespace ?? declaration.namespace ?? ownNamespace}/${declaration.serviceAccountName}`,
    windows: declaration.windows.map(({ duration, ...window }) => ({ ...window, durationMs: duration })),
  });
}
