import { organizationRoute } from "#lib/http/route.ts";
import { listMembers } from "#lib/organizations/list-members.ts";

export const GET = organizationRoute(listMembers);
