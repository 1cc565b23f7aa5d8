import { api } from "#components/api.ts";
import type { AskedSuspension, SuspendInput } from "#lib/suspensions/schemas.ts";

const path = (org: string, id: string) =>
  `/organizations/${encodeURIComponent(org)}/environments/${id}/suspension`;

/** Asks the agent to apply nothing until then. */
export const suspend = (org: string, id: string, input: SuspendInput) =>
  api<AskedSuspension>(path(org, id), { method: "POST", body: input });

/** Lifts what a person suspended, before its end. */
export const resume = (org: string, id: string) =>
  api<unknown>(path(org, id), { method: "DELETE", body: {} });
