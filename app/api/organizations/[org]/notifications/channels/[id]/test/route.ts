import { organizationRoute } from "#lib/http/route.ts";
import { testChannel } from "#lib/notifications/test-channel.ts";

export const POST = organizationRoute(({ ctx, params }) =>
  testChannel({ ctx, input: { id: params.id ?? "" } }),
);
