"use client";
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { useId, useState } from "react";
import { environmentHref } from "#components/environments/href.ts";
import { ALERT_KINDS } from "#components/state/outcomes.ts";
import { StateBadge } from "#components/state/state-badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { safeHref, shortSha } from "#components/ui/format.ts";
import { Clock, Time } from "#components/ui/time.tsx";
import type { AlertRow } from "#lib/alerts/schemas.ts";
import { DeliveriesOf } from "./delivery-lines.tsx";
import { deliveredWords } from "./words.ts";

/** One alert: what it was about, where, since when, and what became of its deliveries on asking. */
export function AlertLine({ org, alert, mayAct }: { org: string; alert: AlertRow; mayAct: boolean }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const { sign, word } = ALERT_KINDS[alert.kind];
  const { pending, delivered, givenUp } = alert.deliveries;
  const sent = pending + delivered + givenUp > 0;
  return (
    <li className="border-b border-line py-2.5">
      <div className="grid gap-x-5 gap-y-1 md:grid-cols-[130px_110px_minmax(0,1fr)_170px]">
        <StateBadge sign={sign} word={word} className="self-start" />
        <span className="text-ink-2 max-md:order-3 max-md:text-sm">
          <Clock at={alert.at} />
          <span className="text-sm text-ink-3 md:block">
            <span className="md:hidden">, </span>
            <Time at={alert.at} />
          </span>
        </span>
        <div className="min-w-0 [overflow-wrap:anywhere] max-md:order-2">
          <Title org={org} alert={alert} />
          <p className="text-ink-2">{alert.what}</p>
          <Facts alert={alert} />
        </div>
        <div className="max-md:order-4">
          {sent ? (
            <button
              type="button"
              aria-expanded={open}
              aria-controls={id}
              onClick={() => setOpen(!open)}
              className={cn(
                "inline-flex items-center gap-1 text-left hover:text-ink",
                givenUp > 0 ? "font-[550] text-failed" : "text-ink-2",
              )}
            >
              <ChevronRight
                size={13}
                aria-hidden="true"
                className={cn("shrink-0 transition-transform", open && "rotate-90")}
              />
              {deliveredWords(alert)}
            </button>
          ) : (
            <span className="text-ink-3">{deliveredWords(alert)}</span>
          )}
        </div>
      </div>
      <div id={id} hidden={!open} className="mt-2 rounded-lg border border-line bg-raised px-3.5 py-2.5">
        {open && <DeliveriesOf org={org} alertId={alert.id} mayAct={mayAct} />}
      </div>
    </li>
  );
}

function Title({ org, alert }: { org: string; alert: AlertRow }) {
  if (!alert.environment) return <p className="font-[550]">{alert.title}</p>;
  return (
    <p>
      <Link
        className="font-[550] hover:underline"
        href={environmentHref(org, { name: alert.environment.name, cluster: alert.environment.cluster })}
      >
        {alert.title}
      </Link>
    </p>
  );
}

function Facts({ alert }: { alert: AlertRow }) {
  const href = safeHref(alert.commitUrl);
  const facts = [
    alert.ordinal > 0 && <span key="ordinal">reminder {alert.ordinal}</span>,
    alert.since && alert.kind !== "converged" && (
      <span key="since">
        since <Clock at={alert.since} />
      </span>
    ),
    alert.who && <span key="who">{alert.who}</span>,
    alert.revision &&
      (href ? (
        <a key="revision" className="mono link" href={href} rel="noreferrer" target="_blank">
          {shortSha(alert.revision)}
        </a>
      ) : (
        <span key="revision" className="mono">
          {shortSha(alert.revision)}
        </span>
      )),
  ].filter(Boolean);
  if (facts.length === 0) return null;
  return <p className="flex flex-wrap gap-x-3 text-sm text-ink-3">{facts}</p>;
}
