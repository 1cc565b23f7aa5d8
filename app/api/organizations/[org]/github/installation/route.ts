import { startConnecting } from "#lib/github-app/connect-installations.ts";
import { ConnectAppInput } from "#lib/github-app/schemas.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const POST = organizationRoute(({ ctx, input }) => startConnecting({ ctx, input }), ConnectAppInput);
