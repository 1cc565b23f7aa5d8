import { getWhatRan } from "#lib/history/get-what-ran.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, params, query }) =>
  getWhatRan({ ctx, input: { environmentId: params.id ?? "", at: query.get("at") ?? "" } }),
);
