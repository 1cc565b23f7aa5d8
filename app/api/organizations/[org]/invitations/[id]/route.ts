import { organizationRoute } from "#lib/http/route.ts";
import { withdrawInvitation } from "#lib/organizations/invite-member.ts";

export const DELETE = organizationRoute(({ ctx, params }) =>
  withdrawInvitation({ ctx, input: { id: params.id ?? "" } }),
);
