import { organizationRoute } from "#lib/http/route.ts";
import { inviteMember } from "#lib/organizations/invite-member.ts";
import { InviteInput } from "#lib/organizations/schemas.ts";

export const POST = organizationRoute(inviteMember, InviteInput);
