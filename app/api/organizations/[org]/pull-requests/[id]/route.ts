import { organizationRoute } from "#lib/http/route.ts";
import { getPullRequest } from "#lib/pull-requests/list-pull-requests.ts";

export const GET = organizationRoute(({ ctx, params }) =>
  getPullRequest({ ctx, input: { id: params.id ?? "" } }),
);
