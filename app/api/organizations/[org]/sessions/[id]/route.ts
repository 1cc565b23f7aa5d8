import { organizationRoute } from "#lib/http/route.ts";
import { revokeSession } from "#lib/organizations/change-member.ts";

export const DELETE = organizationRoute(({ ctx, params }) =>
  revokeSession({ ctx, input: { sessionId: params.id ?? "" } }),
);
