import { liftMute } from "#lib/alerts/mutes.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const DELETE = organizationRoute(({ ctx, params }) =>
  liftMute({ ctx, input: { id: params.id ?? "" } }),
);
