import { listFleet } from "#lib/fleet/list-fleet.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(listFleet);
