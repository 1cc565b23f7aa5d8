"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { StateBadge } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { plural } from "#components/ui/format.ts";
import { Notice } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { ChannelRow, RuleRow } from "#lib/notifications/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { useAddChannel } from "./add-channel.tsx";
import { ChannelMenu } from "./channel-menu.tsx";
import { useChannelTest } from "./channel-test.tsx";
import { FirstChannel } from "./first-channel.tsx";
import { notificationQueries, updateChannel } from "./notification-queries.ts";
import { CHANNEL_WORDS } from "./words.ts";

// Loaded when they are opened.
const EditChannelDialog = dynamic(
  () => import("./channel-dialog.tsx").then((module) => module.EditChannelDialog),
  { ssr: false },
);
const RemoveChannelDialog = dynamic(
  () => import("./channel-dialog.tsx").then((module) => module.RemoveChannelDialog),
  { ssr: false },
);

/** Where alerts are read: each channel with how its last delivery ended. */
export function Channels({ org, role }: { org: string; role: Role }) {
  const query = useQuery(notificationQueries.channels(org));
  const rules = useQuery(notificationQueries.rules(org)).data?.rules ?? [];
  const addChannel = useAddChannel();
  if (!query.data) return <Waiting query={query} rows={3} className="h-14" />;
  const { channels } = query.data;
  return (
    <>
      {channels.length === 0 ? (
        <FirstChannel role={role} />
      ) : (
        <>
          {role === "admin" && (
            <Button look="primary" className="mb-3" onClick={() => addChannel("slack-webhook")}>
              Add a channel…
            </Button>
          )}
          <ul aria-label="Channels" className="border-t border-line">
            {channels.map((channel) => (
              <Channel
                key={channel.id}
                org={org}
                channel={channel}
                rules={rules.filter((rule) => rule.channel.id === channel.id)}
                role={role}
              />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Channel({
  org,
  channel,
  rules,
  role,
}: {
  org: string;
  channel: ChannelRow;
  rules: RuleRow[];
  role: Role;
}) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: [org, "notifications"] });
  const [dialog, setDialog] = useState<"edit" | "remove" | null>(null);
  const test = useChannelTest(org, channel.id, channel.name);
  const disabled = channel.disabledAt !== null;
  const able = useMutation({
    mutationFn: () => updateChannel(org, channel.id, { disabled: !disabled }),
    onSettled: refresh,
  });
  return (
    <li className="border-b border-line py-3">
      <div className="grid items-start gap-x-5 gap-y-2 md:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)_230px]">
        <div className="min-w-0 [overflow-wrap:anywhere]">
          <b className="font-[550]">{channel.name}</b>
          <span className="block text-sm text-ink-3">
            {CHANNEL_WORDS[channel.kind]}, {channel.target}
          </span>
          <span className="block text-sm text-ink-3">
            {rules.length === 0 ? (
              <Link className="link text-drift" href={`/${org}/alerts/rules?channel=${channel.id}`}>
                no rule sends anything here
              </Link>
            ) : (
              <Link className="link" href={`/${org}/alerts/rules`}>
                {plural(rules.length, "rule")}
              </Link>
            )}
          </span>
        </div>
        <Last channel={channel} />
        <div className="flex gap-1.5 md:justify-end">
          {role !== "viewer" && !disabled && test.button}
          {role === "admin" && (
            <>
              {disabled ? (
                <Button onClick={() => able.mutate()} disabled={able.isPending}>
                  Enable
                </Button>
              ) : (
                <Button onClick={() => setDialog("edit")} aria-label={`Edit ${channel.name}`}>
                  Edit…
                </Button>
              )}
              <ChannelMenu
                name={channel.name}
                items={[
                  ...(disabled
                    ? [{ name: "Edit…", onSelect: () => setDialog("edit") }]
                    : [{ name: "Disable", onSelect: () => able.mutate() }]),
                  { name: "Remove…", onSelect: () => setDialog("remove") },
                ]}
              />
            </>
          )}
        </div>
      </div>
      <div className="mt-1.5 empty:hidden">{test.result}</div>
      {able.isError && <Notice tone="failed" className="mt-2" title={able.error.message} />}
      {dialog === "edit" && <EditChannelDialog org={org} channel={channel} onClose={() => setDialog(null)} />}
      {dialog === "remove" && (
        <RemoveChannelDialog org={org} channel={channel} rules={rules} onClose={() => setDialog(null)} />
      )}
    </li>
  );
}

/** How the newest delivery that was tried ended. */
function Last({ channel }: { channel: ChannelRow }) {
  const { last, disabledAt } = channel;
  if (disabledAt)
    return (
      <span>
        <StateBadge sign="suspended" word="Disabled" />
        <span className="block text-sm text-ink-3">
          <Time at={disabledAt} />
        </span>
      </span>
    );
  if (!last) return <span className="text-ink-3">nothing sent yet; send a test</span>;
  if (last.status === "delivered")
    return (
      <span className="flex flex-wrap items-center gap-x-2 text-ink-2">
        <StateBadge sign="converged" word="Delivered" /> <Time at={last.at} />
      </span>
    );
  return (
    <span className="[overflow-wrap:anywhere]">
      <span className="flex flex-wrap items-center gap-x-2 text-ink-2">
        <StateBadge sign="failed" word={last.status === "pending" ? "Failing" : "Given up"} />
        <span>
          first tried <Time at={last.at} />
        </span>
      </span>
      <span className="block text-sm text-failed">{last.problem}</span>
    </span>
  );
}
