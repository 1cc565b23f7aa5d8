import { publicRoute } from "#lib/http/route.ts";
import { SetUpInput } from "#lib/organizations/schemas.ts";
import { completeSetup } from "#lib/setup/complete-setup.ts";

export const POST = publicRoute(completeSetup, SetUpInput);
