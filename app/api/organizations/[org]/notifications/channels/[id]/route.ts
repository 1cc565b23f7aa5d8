import { organizationRoute } from "#lib/http/route.ts";
import { deleteChannel } from "#lib/notifications/delete-channel.ts";
import { UpdateChannelInput } from "#lib/notifications/schemas.ts";
import { updateChannel } from "#lib/notifications/update-channel.ts";

export const PATCH = organizationRoute(
  ({ ctx, params, input }) => updateChannel({ ctx, input: { ...input, id: params.id ?? "" } }),
  UpdateChannelInput,
);
export const DELETE = organizationRoute(({ ctx, params }) =>
  deleteChannel({ ctx, input: { id: params.id ?? "" } }),
);
