import { organizationRoute } from "#lib/http/route.ts";
import { getMatrix } from "#lib/matrix/get-matrix.ts";
import { partOf } from "#lib/matrix/rules.ts";

export const GET = organizationRoute(({ ctx, query }) =>
  getMatrix({ ctx, input: { ...partOf(query), more: Number(query.get("more")) } }),
);
