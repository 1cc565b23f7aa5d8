import { getAlertPolicy, setAlertPolicy } from "#lib/alerts/policy.ts";
import { SetAlertPolicyInput } from "#lib/alerts/schemas.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx }) => getAlertPolicy({ ctx, input: { environmentId: null } }));
export const PUT = organizationRoute(
  ({ ctx, input }) => setAlertPolicy({ ctx, input: { ...input, environmentId: null } }),
  SetAlertPolicyInput,
);
