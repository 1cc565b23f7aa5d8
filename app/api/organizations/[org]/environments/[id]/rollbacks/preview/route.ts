import { organizationRoute } from "#lib/http/route.ts";
import { previewRollback } from "#lib/pull-requests/preview-rollback.ts";
import { PreviewRollbackInput } from "#lib/pull-requests/schemas.ts";

export const POST = organizationRoute(
  ({ ctx, params, input }) => previewRollback({ ctx, input: { ...input, environmentId: params.id ?? "" } }),
  PreviewRollbackInput,
);
