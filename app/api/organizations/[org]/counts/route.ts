import { organizationRoute } from "#lib/http/route.ts";
import { countNouns } from "#lib/organizations/count-nouns.ts";

export const GET = organizationRoute(countNouns);
