import { organizationRoute } from "#lib/http/route.ts";
import { searchOrganization } from "#lib/search/search-organization.ts";

export const GET = organizationRoute(({ ctx, query }) =>
  searchOrganization({ ctx, input: { text: query.get("q") ?? "" } }),
);
