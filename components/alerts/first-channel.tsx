"use client";
import { Button } from "#components/ui/button.tsx";
import { Empty } from "#components/ui/notice.tsx";
import type { ChannelKind } from "#lib/notifications/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { useAddChannel } from "./add-channel.tsx";
import { CHANNEL_WORDS } from "./words.ts";

/** Where no channel is there yet: what one is, and the four ways to have one. */
export function FirstChannel({ role }: { role: Role }) {
  const addChannel = useAddChannel();
  return (
    <Empty
      title="Choose where alerts are read"
      action={
        role === "admin" ? (
          <div className="flex flex-wrap gap-2">
            {(Object.keys(CHANNEL_WORDS) as ChannelKind[]).map((name, index) => (
              <Button key={name} look={index === 0 ? "primary" : "plain"} onClick={() => addChannel(name)}>
                {CHANNEL_WORDS[name]}
              </Button>
            ))}
          </div>
        ) : (
          <p className="text-ink-3">An admin of the organization adds channels.</p>
        )
      }
    >
      <p>
        A channel is a Slack channel, an address that speaks JSON, or people’s mail. A rule then says which
        alerts of which environments go there: one message when an environment has differed for too long, one
        when it has converged again, and nothing in between unless you ask for reminders.
      </p>
      <p className="mt-2">Commits on GitHub get a status of each environment without any channel.</p>
    </Empty>
  );
}
