import { listEnvironments } from "#lib/environments/list-environments.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(listEnvironments);
