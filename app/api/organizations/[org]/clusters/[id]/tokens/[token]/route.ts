import { revokeToken } from "#lib/clusters/revoke-token.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const DELETE = organizationRoute(({ ctx, params }) =>
  revokeToken({ ctx, input: { clusterId: params.id ?? "", tokenId: params.token ?? "" } }),
);
