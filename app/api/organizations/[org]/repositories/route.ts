import { organizationRoute } from "#lib/http/route.ts";
import { listRepositories } from "#lib/repositories/list-repositories.ts";

export const GET = organizationRoute(listRepositories);
