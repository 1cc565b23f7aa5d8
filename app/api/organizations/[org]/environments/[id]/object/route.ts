import { getObject } from "#lib/environments/get-object.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, params, query }) =>
  getObject({ ctx, input: { id: params.id ?? "", key: query.get("key") ?? "" } }),
);
