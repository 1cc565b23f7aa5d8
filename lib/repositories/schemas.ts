import { z } from "zod";
import { Cause, EnvironmentState } from "../protocol/state.ts";

/** One repository; `connection` says whether pull requests can be opened there. */
export const RepositoryRow = z.object({
  id: z.uuid(),
  name: z.string(),
  url: z.string(),
  webUrl: z.string().nullable(),
  connection: z.enum(["none", "connected", "failing"]),
  connectionMessage: z.string().nullable(),
  lastWebhookAt: z.string().nullable(),
  environmentCount: z.number().int(),
  /** The worst first, not without end. */
  environments: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      cluster: z.string(),
      ref: z.string(),
      path: z.string(),
      state: EnvironmentState,
      causes: z.array(Cause),
    }),
  ),
});
export type RepositoryRow = z.infer<typeof RepositoryRow>;

export const RepositoryList = z.object({ repositories: z.array(RepositoryRow) });
export type RepositoryList = z.infer<typeof RepositoryList>;

export const ConnectRepositoryInput = z.object({ token: z.string().trim().min(8).max(500) });
export type ConnectRepositoryInput = z.infer<typeof ConnectRepositoryInput>;
