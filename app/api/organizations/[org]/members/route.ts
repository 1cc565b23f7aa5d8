import { organizationRoute } from "#lib/http/route.ts";
import { inviteMember } from "#lib/organizations/invite-member.ts";
import { listMembers } from "#lib/organizations/list-members.ts";
import { InviteInput } from "#lib/organizations/schemas.ts";

export const GET = organizationRoute(listMembers);
export const POST = organizationRoute(inviteMember, InviteInput);
