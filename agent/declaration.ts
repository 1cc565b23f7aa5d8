import { z } from "zod";
import { DeclaredEnvironment, EnvironmentName, Mode } from "../lib/protocol/declaration.ts";

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

/** What the control plane may know of a declaration: no credentials and no credentials in the URL. */
export function publicDeclaration(declaration: Declaration): DeclaredEnvironment {
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
  });
}
