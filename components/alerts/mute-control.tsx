"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BellOff } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Clock, Time } from "#components/ui/time.tsx";
import type { MuteRow } from "#lib/alerts/schemas.ts";
import type { EnvironmentName } from "#lib/notifications/schemas.ts";
import { alertQueries, liftMute } from "./queries.ts";

// Loaded when it is opened.
const MuteDialog = dynamic(() => import("./mute-dialog.tsx").then((module) => module.MuteDialog), {
  ssr: false,
});

/** The mutes that hold for one environment: its own, and those of every environment. */
export function useMutesOf(org: string, id: string): MuteRow[] {
  const mutes = useQuery(alertQueries.mutes(org)).data?.mutes ?? [];
  return mutes.filter((mute) => mute.environment === null || mute.environment.id === id);
}

/** "Mute…" of one environment; nothing where it is muted already. */
export function MuteButton({ org, about }: { org: string; about: EnvironmentName }) {
  const [open, setOpen] = useState(false);
  if (useMutesOf(org, about.id).some((mute) => mute.environment !== null)) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)} title="Tell nobody about it until a time">
        Mute…
      </Button>
      {open && <MuteDialog org={org} about={about} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Says that nobody is told of an environment, until when and why, with the way to end it. */
export function MutedBadge({ org, id, mayAct }: { org: string; id: string; mayAct: boolean }) {
  const client = useQueryClient();
  const lift = useMutation({
    mutationFn: (mute: MuteRow) => liftMute(org, mute.id),
    onSettled: () => client.invalidateQueries({ queryKey: [org, "alerts"] }),
  });
  const mutes = useMutesOf(org, id);
  const longest = mutes.at(-1);
  if (!longest) return null;
  const own = mutes.filter((mute) => mute.environment !== null);
  return (
    <p className="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-2">
      <span className="inline-flex items-center gap-1.5 rounded-sm border border-line-strong px-1.5 font-[550]">
        <BellOff size={12} aria-hidden="true" /> Muted
      </span>
      <span className="[overflow-wrap:anywhere]">
        {own.length === 0 && "with everything, "}until <Clock at={longest.until} />,{" "}
        <Time at={longest.until} />: “{longest.reason}”, {longest.mutedBy}
      </span>
      {mayAct && own.length > 0 && (
        <button
          type="button"
          className="link"
          disabled={lift.isPending}
          onClick={() => {
            for (const mute of own) lift.mutate(mute);
          }}
        >
          Unmute
        </button>
      )}
      {lift.isError && (
        <span role="alert" className="text-failed">
          {lift.error.message}
        </span>
      )}
    </p>
  );
}
