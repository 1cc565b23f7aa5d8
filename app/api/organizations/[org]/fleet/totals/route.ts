import { getFleetTotals } from "#lib/fleet/get-fleet-totals.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(getFleetTotals);
