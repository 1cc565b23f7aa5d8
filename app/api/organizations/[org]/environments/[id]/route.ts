import { getEnvironment } from "#lib/environments/get-environment.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, params }) =>
  getEnvironment({ ctx, input: { id: params.id ?? "" } }),
);
