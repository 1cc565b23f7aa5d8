import { getPlumbLine } from "#lib/environments/get-plumb-line.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, params, query }) =>
  getPlumbLine({ ctx, input: { id: params.id ?? "", days: query.get("days") } }),
);
