import { organizationRoute } from "#lib/http/route.ts";
import { listRevisions } from "#lib/revisions/list-revisions.ts";

export const GET = organizationRoute(({ ctx, params, query }) =>
  listRevisions({ ctx, input: { id: params.id ?? "", after: query.get("after") } }),
);
