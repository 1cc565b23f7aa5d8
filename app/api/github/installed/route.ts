import { finishConnecting } from "#lib/github-app/connect-installations.ts";
import { returningRoute } from "#lib/github-app/returning.ts";
import { identityConnected } from "#lib/github-identity/connect-identity.ts";

export const GET = returningRoute({
  connect: async (call) => {
    const names = await finishConnecting(call);
    return `Connected through the GitHub App: ${names.join(", ")}.`;
  },
  // An App knows this one address to come back to.
  identity: identityConnected,
});
