"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { environmentHref } from "#components/environments/href.ts";
import { Button } from "#components/ui/button.tsx";
import { Empty } from "#components/ui/notice.tsx";
import { Clock, Time } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { MuteRow } from "#lib/alerts/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { alertQueries, liftMute } from "./queries.ts";
import { subjectOf } from "./words.ts";

// Loaded when it is opened.
const MuteDialog = dynamic(() => import("./mute-dialog.tsx").then((module) => module.MuteDialog), {
  ssr: false,
});

/** What is silent now, why, by whom, and until when. */
export function Mutes({ org, role }: { org: string; role: Role }) {
  const query = useQuery(alertQueries.mutes(org));
  const [adding, setAdding] = useState(false);
  if (!query.data) return <Waiting query={query} rows={2} className="h-12" />;
  const { mutes } = query.data;
  const add = role !== "viewer" && <Button onClick={() => setAdding(true)}>Mute…</Button>;
  return (
    <>
      {mutes.length === 0 ? (
        <Empty title="Nothing is muted" action={add || undefined}>
          Before work that will be noisy, mute an environment until it is done: alerts are recorded, and
          nobody is told. A mute always ends by itself.
        </Empty>
      ) : (
        <>
          {add && <div className="mb-3">{add}</div>}
          <ul aria-label="Mutes" className="border-t border-line">
            {mutes.map((mute) => (
              <Mute key={mute.id} org={org} mute={mute} mayAct={role !== "viewer"} />
            ))}
          </ul>
        </>
      )}
      {adding && <MuteDialog org={org} onClose={() => setAdding(false)} />}
    </>
  );
}

function Mute({ org, mute, mayAct }: { org: string; mute: MuteRow; mayAct: boolean }) {
  const client = useQueryClient();
  const lift = useMutation({
    mutationFn: () => liftMute(org, mute.id),
    onSettled: () => client.invalidateQueries({ queryKey: [org, "alerts"] }),
  });
  const subject = mute.environment ? subjectOf(mute.environment) : "every environment";
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1.5 border-b border-line py-2.5">
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {mute.environment ? (
          <Link
            className="font-[550] hover:underline"
            href={environmentHref(org, { name: mute.environment.name, cluster: mute.environment.cluster })}
          >
            {subject}
          </Link>
        ) : (
          <b className="font-[550]">{subject}</b>
        )}{" "}
        until <Clock at={mute.until} />, <Time at={mute.until} />
        <span className="block text-ink-2">“{mute.reason}”</span>
        <span className="block text-sm text-ink-3">
          {mute.mutedBy}, <Time at={mute.createdAt} />
        </span>
        {lift.isError && <span className="block text-sm text-failed">{lift.error.message}</span>}
      </span>
      {mayAct && (
        <Button onClick={() => lift.mutate()} disabled={lift.isPending} aria-label={`Unmute ${subject}`}>
          {lift.isPending ? "Lifting…" : "Unmute"}
        </Button>
      )}
    </li>
  );
}
