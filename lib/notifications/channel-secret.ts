import { open, seal } from "../secrets.ts";
import { type ChannelKind, channelSecrets } from "./channels/schemas.ts";

/** Under what a channel's secret is sealed: it opens for no other row. */
const contextOf = (organizationId: string, channelId: string) =>
  `notification-channel:${organizationId}:${channelId}`;

type Where = { organizationId: string; id: string };

/** A channel's secret as it is stored; null where its kind has none. */
export function sealChannelSecret(
  { organizationId, id }: Where,
  secret: unknown,
): Uint8Array<ArrayBuffer> | null {
  if (secret === null) return null;
  return new Uint8Array(seal(JSON.stringify(secret), contextOf(organizationId, id)));
}

/** The secret of a stored channel; throws where it was sealed under another PLUMBLINE_SECRET. */
export function openChannelSecret<K extends ChannelKind>(
  kind: K,
  { organizationId, id }: Where,
  sealed: Uint8Array | null,
) {
  const plain = sealed === null ? null : JSON.parse(open(sealed, contextOf(organizationId, id)));
  return channelSecrets[kind].parse(plain);
}
