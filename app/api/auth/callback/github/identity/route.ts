import { returningRoute } from "#lib/github-app/returning.ts";
import { identityConnected } from "#lib/github-identity/connect-identity.ts";

export const GET = returningRoute({ identity: identityConnected });
