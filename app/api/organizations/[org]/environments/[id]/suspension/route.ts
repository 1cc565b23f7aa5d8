import { organizationRoute } from "#lib/http/route.ts";
import { resumeEnvironment } from "#lib/suspensions/resume-environment.ts";
import { ResumeInput, SuspendInput } from "#lib/suspensions/schemas.ts";
import { suspendEnvironment } from "#lib/suspensions/suspend-environment.ts";

export const POST = organizationRoute(
  ({ ctx, params, input }) => suspendEnvironment({ ctx, input: { ...input, id: params.id ?? "" } }),
  SuspendInput,
);
export const DELETE = organizationRoute(
  ({ ctx, params, input }) => resumeEnvironment({ ctx, input: { ...input, id: params.id ?? "" } }),
  ResumeInput,
);
