import { organizationRoute } from "#lib/http/route.ts";
import { listDeliveries } from "#lib/notifications/list-deliveries.ts";

export const GET = organizationRoute(({ ctx, query }) =>
  listDeliveries({
    ctx,
    input: {
      channelId: query.get("channel"),
      alertId: query.get("alert"),
      status: query.get("status"),
      after: query.get("after"),
    },
  }),
);
