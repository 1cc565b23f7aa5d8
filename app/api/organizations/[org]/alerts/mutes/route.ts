import { createMute, listMutes } from "#lib/alerts/mutes.ts";
import { CreateMuteInput } from "#lib/alerts/schemas.ts";
import { organizationRoute } from "#lib/http/route.ts";

export const GET = organizationRoute(listMutes);
export const POST = organizationRoute(createMute, CreateMuteInput);
