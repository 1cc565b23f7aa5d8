import { listResources } from "#lib/environments/list-resources.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, params }) =>
  listResources({ ctx, input: { id: params.id ?? "" } }),
);
