import { removeView } from "#lib/fleet/saved-views.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const DELETE = organizationRoute(({ ctx, params }) =>
  removeView({ ctx, input: { id: params.id ?? "" } }),
);
