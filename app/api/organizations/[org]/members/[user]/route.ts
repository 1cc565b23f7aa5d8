import { organizationRoute } from "#lib/http/route.ts";
import { changeRole, removeMember } from "#lib/organizations/change-member.ts";
import { ChangeRoleInput } from "#lib/organizations/schemas.ts";

export const PATCH = organizationRoute(
  ({ ctx, params, input }) => changeRole({ ctx, input: { ...input, userId: params.user ?? "" } }),
  ChangeRoleInput,
);
export const DELETE = organizationRoute(({ ctx, params }) =>
  removeMember({ ctx, input: { userId: params.user ?? "" } }),
);
