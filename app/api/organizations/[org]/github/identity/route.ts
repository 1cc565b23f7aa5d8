import { z } from "zod";
import { startIdentity } from "#lib/github-identity/connect-identity.ts";
import { disconnectIdentity } from "#lib/github-identity/disconnect-identity.ts";
import { getIdentity } from "#lib/github-identity/identity.ts";
import { organizationRoute } from "#lib/http/route.ts";

const Nothing = z.object({});

export const GET = organizationRoute(({ ctx }) => getIdentity({ ctx }));
export const POST = organizationRoute(({ ctx }) => startIdentity({ ctx }), Nothing);
export const DELETE = organizationRoute(({ ctx }) => disconnectIdentity({ ctx }), Nothing);
