import { rotateToken } from "#lib/clusters/rotate-token.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const POST = organizationRoute(({ ctx, params }) =>
  rotateToken({ ctx, input: { clusterId: params.id ?? "" } }),
);
