import { personRoute } from "#lib/http/route.ts";
import { createOrganization } from "#lib/organizations/create-organization.ts";
import { CreateOrganizationInput } from "#lib/organizations/schemas.ts";

export const GET = personRoute(async ({ signedIn }) => ({ organizations: signedIn.organizations }));
export const POST = personRoute(
  ({ signedIn, input, address }) => createOrganization({ person: signedIn.user, input, address }),
  CreateOrganizationInput,
);
