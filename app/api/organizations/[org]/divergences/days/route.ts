import { getCauseDays } from "#lib/divergences/get-cause-days.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, query }) =>
  getCauseDays({ ctx, input: { environmentId: query.get("environment"), days: query.get("days") } }),
);
