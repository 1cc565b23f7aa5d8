import { organizationRoute } from "#lib/http/route.ts";
import { listPullRequests } from "#lib/pull-requests/list-pull-requests.ts";

export const GET = organizationRoute(({ ctx, query }) =>
  listPullRequests({ ctx, input: { environmentId: query.get("environment") } }),
);
