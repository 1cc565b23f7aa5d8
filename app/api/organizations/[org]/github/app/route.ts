import { getAppSetting, startAppCreation } from "#lib/github-app/create-app.ts";
import { CreateAppInput } from "#lib/github-app/schemas.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(({ ctx }) => getAppSetting({ ctx }));
export const POST = organizationRoute(({ ctx, input }) => startAppCreation({ ctx, input }), CreateAppInput);
