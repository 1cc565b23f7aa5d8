import { listSavedViews, saveView } from "#lib/fleet/saved-views.ts";
import { SaveViewInput } from "#lib/fleet/schemas.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(listSavedViews);
export const POST = organizationRoute(saveView, SaveViewInput);
