import { organizationRoute } from "#lib/http/route.ts";
import { getMatrix } from "#lib/matrix/get-matrix.ts";

export const GET = organizationRoute(({ ctx, query }) =>
  getMatrix({ ctx, input: { repository: query.get("repository") } }),
);
