import Link from "next/link";
import { memo } from "react";
import { exactTime } from "#components/ui/format.ts";
import { Time, useNow } from "#components/ui/time.tsx";
import type { AuditEvent } from "#lib/audit/schemas.ts";
import { actionWords, detailWords } from "./words.ts";

/** One event: when, who and from where, what on what, why, and its hash. */
export const AuditLine = memo(function AuditLine({ org, event }: { org: string; event: AuditEvent }) {
  const { subject, actor } = event;
  const { reason, rest } = detailWords(event.details);
  return (
    <li className="grid gap-x-5 border-b border-line py-2 [contain-intrinsic-size:auto_58px] [content-visibility:auto] md:grid-cols-[64px_130px_170px_minmax(0,1fr)_auto]">
      <span className="mono text-ink-3 max-md:hidden">{event.sequence}</span>
      <span className="text-ink-2">
        <Day at={event.at} />{" "}
        <span className="text-sm text-ink-3 md:block">
          <Time at={event.at} />
        </span>
        <span className="mono float-right text-sm text-ink-3 md:hidden">{event.sequence}</span>
      </span>
      <span className="[overflow-wrap:anywhere]">
        <b className="font-[550]">{actor.name}</b>{" "}
        <span className="text-sm text-ink-3 md:block">
          {actor.kind}
          {event.address && ` from ${event.address}`}
        </span>
      </span>
      <span className="[overflow-wrap:anywhere]">
        {actionWords(event.action)}{" "}
        {subject.path === null ? (
          <b className="font-[550]">{subject.name}</b>
        ) : (
          <Link
            href={`/${org}${subject.path}`}
            prefetch={false}
            className="font-[550] underline decoration-line-strong underline-offset-[3px] hover:decoration-ink"
          >
            {subject.name}
          </Link>
        )}
        {reason && <span className="block text-ink-2">“{reason}”</span>}
        {rest && <span className="block text-sm text-ink-3">{rest}</span>}
      </span>
      <span className="mono text-xs text-ink-3 max-md:hidden" title={event.hash}>
        {event.hash.slice(0, 10)}
      </span>
    </li>
  );
});

/** 14:02 today, else with its day: a log is read long after. */
function Day({ at }: { at: string }) {
  const date = new Date(at);
  const today = new Date(useNow()).toDateString() === date.toDateString();
  const day = today ? {} : ({ day: "numeric", month: "short", year: "numeric" } as const);
  return (
    <time dateTime={at} title={exactTime(at)} suppressHydrationWarning>
      {date.toLocaleString("en-GB", { ...day, hour: "2-digit", minute: "2-digit" })}
    </time>
  );
}
