import { organizationRoute } from "#lib/http/route.ts";
import { retryDelivery } from "#lib/notifications/retry-delivery.ts";

export const POST = organizationRoute(({ ctx, params }) =>
  retryDelivery({ ctx, input: { id: params.id ?? "" } }),
);
