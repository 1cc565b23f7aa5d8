import { filterFrom, listAudit } from "#lib/audit/list-audit.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, query }) =>
  listAudit({ ctx, input: { ...filterFrom(query), after: query.get("after") } }),
);
