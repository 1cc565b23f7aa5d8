"use client";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { alertQueries } from "#components/alerts/queries.ts";
import { Sha } from "#components/ui/copy.tsx";
import { Clock, Time, useNow } from "#components/ui/time.tsx";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";

/** The second sentence: what exactly, who and when; what Git did, and when somebody will be told. */
export function Situation({ org, environment }: { org: string; environment: EnvironmentDetail }) {
  const { state, causes, since, convergedAt, convergedRevision } = environment;
  if (state === "Converged")
    return (
      <p>
        Converged since <Clock at={since} />, <Time at={since} />.
      </p>
    );
  const isDrift = state === "Diverged" && causes.includes("drift");
  return (
    <p className="max-w-[820px] [overflow-wrap:anywhere]">
      <What environment={environment} />
      {isDrift && !causes.includes("pending") && "Git has not changed. "}
      <WhenTold org={org} environment={environment} />
      {state !== "Diverged" && (
        <>
          So since <Clock at={since} />, <Time at={since} />.{" "}
        </>
      )}
      {convergedAt && (
        <>
          Last converged <Time at={convergedAt} />
          {convergedRevision && (
            <>
              {" "}
              at <Sha revision={convergedRevision} />
            </>
          )}
          .
        </>
      )}
    </p>
  );
}

/** The first difference as a person would tell it; the others are beneath. */
function What({ environment }: { environment: EnvironmentDetail }) {
  const { divergent, divergentCount, state, problem, summary } = environment;
  const first = divergent[0];
  if (!first || state !== "Diverged" || problem) return null;
  const name = <b className="font-[550] text-ink">{`${first.ref.kind}/${first.ref.name}`}</b>;
  const more = divergentCount > 1 ? ` (and ${divergentCount - 1} more)` : "";
  const change = first.changes.find(({ counts }) => counts);
  if (first.sync !== "Modified" || !change) return summary ? <>{summary.replace(/\.$/, "")}. </> : null;
  const from = shown(change.desired);
  const to = shown(change.observed);
  const what: ReactNode = (
    <>
      <code>{fieldOf(change.path)}</code> of {name}{" "}
      {change.type === "missing" ? "was removed" : from === null ? `is ${to}` : `is ${to} and not ${from}`}
    </>
  );
  return (
    <>
      {what}
      {change.by && (
        <>
          {" "}
          by <b className="font-[550] text-ink">{change.by.who}</b>
          {change.by.time && (
            <>
              , <Time at={change.by.time} />
            </>
          )}
        </>
      )}
      {more}.{" "}
    </>
  );
}

/** When the open difference is told, or was: the timing that holds here counts from its start. */
function WhenTold({ org, environment }: { org: string; environment: EnvironmentDetail }) {
  const now = useNow();
  const { policy } = useQuery(alertQueries.policy(org, environment.id)).data ?? {};
  const episode = environment.episodes.find(({ endedAt }) => endedAt === null);
  if (environment.state !== "Diverged" || !episode) return null;
  const told = environment.marks.findLast(
    (mark) => mark.kind === "alert" && Date.parse(mark.at) >= Date.parse(episode.startedAt),
  );
  if (told)
    return (
      <>
        Told <Time at={told.at} />.{" "}
      </>
    );
  if (!policy) return null;
  const due = Date.parse(episode.startedAt) + policy.diffAlertAfterMs;
  if (due <= now) return null;
  return (
    <>
      The alert goes out at <Clock at={new Date(due).toISOString()} /> if it lasts.{" "}
    </>
  );
}

/** A path's last part, with the item that it is of. */
function fieldOf(path: string): string {
  const parts = path.match(/(?:[^.[\]]+|\[[^\]]*\])+/g) ?? [path];
  const [before, last] = [parts.at(-2) ?? "", parts.at(-1) ?? path];
  return before.endsWith("]") ? `${before}.${last}` : last;
}

function shown(value: unknown): string | null {
  if (value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
