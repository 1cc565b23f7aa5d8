import { getAlertPolicy, setAlertPolicy } from "#lib/alerts/policy.ts";
import { SetAlertPolicyInput } from "#lib/alerts/schemas.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx, params }) =>
  getAlertPolicy({ ctx, input: { environmentId: params.id ?? "" } }),
);
export const PUT = organizationRoute(
  ({ ctx, params, input }) => setAlertPolicy({ ctx, input: { ...input, environmentId: params.id ?? "" } }),
  SetAlertPolicyInput,
);
