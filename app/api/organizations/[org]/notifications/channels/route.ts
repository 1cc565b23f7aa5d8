import { organizationRoute } from "#lib/http/route.ts";
import { createChannel } from "#lib/notifications/create-channel.ts";
import { listChannels } from "#lib/notifications/list-channels.ts";
import { ChannelInput } from "#lib/notifications/schemas.ts";

export const GET = organizationRoute(listChannels);
export const POST = organizationRoute(createChannel, ChannelInput);
