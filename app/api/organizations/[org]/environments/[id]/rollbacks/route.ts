import { organizationRoute } from "#lib/http/route.ts";
import { listPullRequests } from "#lib/pull-requests/list-pull-requests.ts";
import { openRollback } from "#lib/pull-requests/open-rollback.ts";
import { OpenRollbackInput } from "#lib/pull-requests/schemas.ts";

export const GET = organizationRoute(({ ctx, params }) =>
  listPullRequests({ ctx, input: { environmentId: params.id ?? "" } }),
);
export const POST = organizationRoute(
  ({ ctx, params, input }) => openRollback({ ctx, input: { ...input, environmentId: params.id ?? "" } }),
  OpenRollbackInput,
);
