import { organizationRoute } from "#lib/http/route.ts";
import { deleteRule } from "#lib/notifications/rule-verbs.ts";

export const DELETE = organizationRoute(({ ctx, params }) =>
  deleteRule({ ctx, input: { id: params.id ?? "" } }),
);
