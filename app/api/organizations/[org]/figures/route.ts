import { getDeliveryFigures } from "#lib/delivery-figures/get-delivery-figures.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, query }) =>
  getDeliveryFigures({ ctx, input: { environmentId: query.get("environment"), days: query.get("days") } }),
);
