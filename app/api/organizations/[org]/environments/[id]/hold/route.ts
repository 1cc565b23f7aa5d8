import { releaseEnvironment } from "#lib/environments/release-environment.ts";
import { ReleaseInput } from "#lib/environments/schemas.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const DELETE = organizationRoute(
  ({ ctx, params, input }) => releaseEnvironment({ ctx, input: { ...input, id: params.id ?? "" } }),
  ReleaseInput,
);
