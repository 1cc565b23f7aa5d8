"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { StateIcon } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { duration, exactTime } from "#components/ui/format.ts";
import { Notice } from "#components/ui/notice.tsx";
import { Clock, Time, useNow } from "#components/ui/time.tsx";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import { resume } from "./queries.ts";
import { bySuspension, suspensionSituation } from "./situation.ts";

/** Why nothing is applied, who says so, how long yet, and the way out of it; nothing where it is applied. */
export function SuspensionBanner({
  org,
  environment,
  mayAct,
}: {
  org: string;
  environment: EnvironmentDetail;
  mayAct: boolean;
}) {
  const client = useQueryClient();
  const lift = useMutation({
    mutationFn: () => resume(org, environment.id),
    onSettled: () => client.invalidateQueries({ queryKey: [org, "environments"] }),
  });
  const situation = suspensionSituation(environment);
  if (situation.kind === "none") return null;
  const resumable = mayAct && environment.suspension !== null;
  const action = resumable && (
    <Button onClick={() => lift.mutate()} disabled={lift.isPending}>
      {lift.isPending
        ? "Resuming…"
        : situation.kind === "asked" && !situation.already
          ? "Take it back"
          : "Resume"}
    </Button>
  );
  return (
    <section aria-label="Suspension" className="flex flex-col gap-2">
      {situation.kind === "asked" && (
        <Notice
          title={
            <Title sign="converging">
              {situation.already ? "A change of the suspension was" : "A suspension was"} asked for, and the
              agent has not confirmed it yet.
            </Title>
          }
          action={action}
        >
          <p className="[overflow-wrap:anywhere]">
            “{situation.asked.reason}”, {situation.asked.owner}, <Time at={situation.asked.createdAt} />;{" "}
            <Until at={situation.asked.until} />. Until it confirms, it may still apply.
          </p>
        </Notice>
      )}
      {situation.kind === "suspended" && (
        <Notice
          title={
            <Title sign="suspended">
              {situation.by.by === "window" ? "A window is closed: nothing" : "Nothing"} is applied{" "}
              {situation.by.until ? <Until at={situation.by.until} /> : "until the declaration changes"}.
            </Title>
          }
          action={action}
        >
          <p className="[overflow-wrap:anywhere]">
            Suspended by {bySuspension(situation.by)}: “{situation.by.reason}”.{" "}
            {situation.by.by !== "person" && "Only the declaration resumes it. "}
            {situation.also && (
              <>
                {situation.also.owner} has asked for a suspension, too: “{situation.also.reason}”;{" "}
                <Until at={situation.also.until} />.
              </>
            )}
          </p>
        </Notice>
      )}
      {situation.kind === "resuming" && (
        <Notice
          title={<Title sign="converging">Resumed here, and the agent has not confirmed it yet.</Title>}
        >
          <p className="[overflow-wrap:anywhere]">
            It was suspended by {bySuspension(situation.by)}: “{situation.by.reason}”.
          </p>
        </Notice>
      )}
      {lift.isError && <Notice tone="failed" title={lift.error.message} />}
    </section>
  );
}

function Title({ sign, children }: { sign: "converging" | "suspended"; children: ReactNode }) {
  return (
    <span className="flex items-start gap-2 [overflow-wrap:anywhere]">
      <StateIcon sign={sign} className={sign === "converging" ? "breathe mt-0.5" : "mt-0.5"} />
      <span>{children}</span>
    </span>
  );
}

/** "until Fri 18:00, 2 h 10 min left", counted down. */
function Until({ at }: { at: string }) {
  const left = Date.parse(at) - useNow();
  return (
    <span title={exactTime(at)} suppressHydrationWarning>
      {left > 0 ? "until " : "until it ended, "}
      <Clock at={at} />
      {left > 0 && (
        <>
          ,{" "}
          <b className="font-[550] text-ink" suppressHydrationWarning>
            {duration(left)} left
          </b>
        </>
      )}
    </span>
  );
}
