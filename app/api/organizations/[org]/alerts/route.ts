import { listAlerts } from "#lib/alerts/list-alerts.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, query }) =>
  listAlerts({
    ctx,
    input: {
      environmentId: query.get("environment"),
      kind: query.get("kind"),
      after: query.get("after"),
    },
  }),
);
