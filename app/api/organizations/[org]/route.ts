import { organizationRoute } from "#lib/http/route.ts";
import { renameOrganization } from "#lib/organizations/rename-organization.ts";
import { CreateOrganizationInput } from "#lib/organizations/schemas.ts";

export const PATCH = organizationRoute(renameOrganization, CreateOrganizationInput);
