import { getFleetOverTime } from "#lib/fleet/get-fleet-over-time.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(getFleetOverTime);
