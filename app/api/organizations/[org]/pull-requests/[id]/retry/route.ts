import { organizationRoute } from "#lib/http/route.ts";
import { retryRollback } from "#lib/pull-requests/retry-rollback.ts";

export const POST = organizationRoute(({ ctx, params }) =>
  retryRollback({ ctx, input: { id: params.id ?? "" } }),
);
