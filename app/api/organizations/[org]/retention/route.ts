import { getRetention } from "#lib/history/get-retention.ts";
import { Retention } from "#lib/history/schemas.ts";
import { setRetention } from "#lib/history/set-retention.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(getRetention);
export const PUT = organizationRoute(setRetention, Retention);
