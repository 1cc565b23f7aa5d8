import { viewerOf } from "#lib/auth/sessions.ts";
import { personRoute } from "#lib/http/route.ts";

export const GET = personRoute(async ({ signedIn, query }) =>
  viewerOf(signedIn, query.get("organization") ?? undefined),
);
