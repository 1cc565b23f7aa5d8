import { z } from "zod";
import { Cause, EnvironmentState, HealthStatus, SyncStatus } from "../protocol/state.ts";

const Place = z.object({ id: z.string(), name: z.string(), cluster: z.string() });

/** What was found of each noun, the likeliest first. */
export const SearchResults = z.object({
  environments: z.array(Place.extend({ path: z.string(), state: EnvironmentState, causes: z.array(Cause) })),
  resources: z.array(
    z.object({
      environment: Place,
      key: z.string(),
      kind: z.string(),
      namespace: z.string(),
      name: z.string(),
      sync: SyncStatus,
      cause: z.enum(["drift", "pending"]).nullable(),
      health: HealthStatus,
    }),
  ),
  commits: z.array(
    z.object({
      revision: z.string(),
      subject: z.string(),
      author: z.string(),
      committedAt: z.string(),
      /** Environments that it changed: at most three, and how many there are. */
      environments: z.array(Place),
      environmentCount: z.number().int(),
    }),
  ),
  clusters: z.array(z.object({ id: z.string(), name: z.string() })),
  repositories: z.array(z.object({ id: z.string(), name: z.string() })),
  pullRequests: z.array(
    z.object({
      id: z.string(),
      number: z.number().int().nullable(),
      kind: z.string(),
      status: z.string(),
      reason: z.string(),
      environment: z.string(),
      toRevision: z.string(),
    }),
  ),
});
export type SearchResults = z.infer<typeof SearchResults>;
