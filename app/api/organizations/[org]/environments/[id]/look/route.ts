import { lookNow } from "#lib/environments/look-now.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const POST = organizationRoute(({ ctx, params }) => lookNow({ ctx, input: { id: params.id ?? "" } }));
