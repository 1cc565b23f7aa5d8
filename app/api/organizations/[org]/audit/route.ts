import { listAudit } from "#lib/audit/list-audit.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, query }) =>
  listAudit({ ctx, input: { after: query.get("after") } }),
);
