import { compareSides } from "#lib/history/compare-sides.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, query }) =>
  compareSides({ ctx, input: { from: query.get("from") ?? "", to: query.get("to") ?? "" } }),
);
