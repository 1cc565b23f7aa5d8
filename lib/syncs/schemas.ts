import { z } from "zod";

/** What a sync put in place, masked; `manifest` is null where its body never arrived. */
export const SyncManifests = z.object({
  revision: z.string(),
  renderedDigest: z.string().nullable(),
  manifests: z.array(z.object({ key: z.string(), digest: z.string(), manifest: z.json().nullable() })),
});
export type SyncManifests = z.infer<typeof SyncManifests>;
