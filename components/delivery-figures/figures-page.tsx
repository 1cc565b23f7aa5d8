"use client";
import { useQuery } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { EnvironmentPicker } from "#components/environments/environment-picker.tsx";
import { environmentQueries } from "#components/environments/queries.ts";
import { PageHead } from "#components/shell/page-head.tsx";
import { cn } from "#components/ui/cn.ts";
import { controlClass } from "#components/ui/field.tsx";
import { duration, plural } from "#components/ui/format.ts";
import { Waiting } from "#components/ui/waiting.tsx";
import type { DeliveryFigures, FigureSpan } from "#lib/delivery-figures/schemas.ts";
import { CausePlot } from "./cause-plot.tsx";
import { DayPlot } from "./day-plot.tsx";
import { figureQueries } from "./queries.ts";
import { frequencyWords } from "./words.ts";

const spans: Record<FigureSpan, string> = {
  "7": "7 days",
  "30": "30 days",
  "90": "90 days",
  "365": "A year",
};

/** The four figures of delivery, of an environment or of all, each beside what it means. */
export function FiguresPage({
  org,
  orgName,
  environment,
  days,
}: {
  org: string;
  orgName: string;
  environment: string | null;
  days: FigureSpan;
}) {
  const query = useQuery(figureQueries.all(org, environment, days));
  const found = useQuery({
    ...environmentQueries.find(org, { ids: environment ?? "" }),
    enabled: environment !== null,
  });
  const chosen = found.data?.environments.find(({ id }) => id === environment);
  const router = useRouter();
  const path = usePathname();
  const show = (next: { environment: string | null; days: FigureSpan }) =>
    router.replace(
      `${path}?${new URLSearchParams({ days: next.days, ...(next.environment ? { environment: next.environment } : {}) })}`,
    );
  const figures = query.data;
  return (
    <>
      <PageHead
        crumbs={[{ name: orgName, href: `/${org}` }, { name: "Delivery" }]}
        title={figures ? titleOf(figures) : "Delivery figures"}
      >
        <p>Counted from the record itself, by days of UTC.</p>
      </PageHead>
      <div className="mt-4 flex flex-wrap items-center gap-3">
        <details className="relative" key={environment}>
          <summary className={cn(controlClass, "w-auto max-w-[320px] list-none truncate")}>
            {environment === null
              ? "All environments"
              : chosen
                ? `${chosen.cluster.name}/${chosen.name}`
                : "One environment"}{" "}
            ▾
          </summary>
          <div className="absolute z-20 mt-1 w-80 max-w-[calc(100vw-2rem)] rounded-md bg-raised">
            <EnvironmentPicker
              org={org}
              single
              chosen={chosen ? [{ id: chosen.id, name: chosen.name, cluster: chosen.cluster.name }] : []}
              onChange={([one]) => show({ environment: one?.id ?? null, days })}
            />
          </div>
        </details>
        {environment !== null && (
          <button type="button" className="link text-ink-2" onClick={() => show({ environment: null, days })}>
            All environments
          </button>
        )}
        <div role="group" aria-label="Span" className="flex gap-1">
          {(Object.keys(spans) as FigureSpan[]).map((span) => (
            <button
              key={span}
              type="button"
              aria-pressed={span === days}
              onClick={() => show({ environment, days: span })}
              className="rounded-sm px-1.5 text-ink-3 hover:text-ink aria-pressed:bg-sunken aria-pressed:font-[550] aria-pressed:text-ink"
            >
              {spans[span]}
            </button>
          ))}
        </div>
      </div>
      <div className="mt-5">
        {figures ? <Four figures={figures} /> : <Waiting query={query} className="h-28" />}
      </div>
      <CausePlot org={org} environment={environment} days={days} />
    </>
  );
}

function titleOf({ deployments, lead }: DeliveryFigures): string {
  if (deployments === 0) return "Nothing was deployed in this time";
  return `${plural(deployments, "deployment")}${lead ? `, half of them within ${duration(lead.p50)} of their commit` : ""}`;
}

function Four({ figures }: { figures: DeliveryFigures }) {
  const { days, lead, restore, changes, failedChanges, restores } = figures;
  return (
    <div className="grid gap-x-10 gap-y-8 md:grid-cols-2">
      <Figure
        name="Lead time"
        value={lead ? duration(lead.p50) : "–"}
        beside={lead && `half; nine in ten within ${duration(lead.p90)}`}
        meaning="From the commit, by its own clock, until an environment first converged at it. What was converged already when the agent first looked is not counted, nor is putting drift back."
      >
        <DayPlot
          label="Median lead time of each day"
          kind="duration"
          days={days.map(({ day, leadMs }) => ({
            ...{ day, parts: [{ name: "median", value: leadMs ?? 0, color: "var(--ink)" }] },
            words: leadMs === null ? "none" : `half within ${duration(leadMs)}`,
          }))}
        />
      </Figure>
      <Figure
        name="Deployment frequency"
        value={frequencyWords(figures.deploymentsPerDay)}
        beside={plural(figures.deployments, "deployment")}
        meaning="A deployment is a revision at which an environment converged for the first time, on the day on which it did."
      >
        <DayPlot
          label="Deployments of each day"
          days={days.map(({ day, deployments }) => ({
            ...{ day, parts: [{ name: "deployments", value: deployments, color: "var(--ink-3)" }] },
            words: plural(deployments, "deployment"),
          }))}
        />
      </Figure>
      <Figure
        name="Change failure rate"
        value={changes === 0 ? "–" : `${Math.round((100 * failedChanges) / changes)} %`}
        beside={changes > 0 && `${failedChanges} of ${plural(changes, "change")}`}
        meaning="A change is a revision that an environment tried for the first time. It failed where a sync of it failed or was refused, or where a rollback from it, or its revert, was merged; it counts on the day on which it was tried."
      >
        <DayPlot
          label="Changes of each day, and how many failed"
          days={days.map(({ day, changes: all, failedChanges: failed }) => ({
            day,
            parts: [
              { name: "failed", value: failed, color: "var(--failed)" },
              { name: "others", value: all - failed, color: "var(--ink-3)" },
            ],
            words: `${plural(all, "change")}, ${failed} failed`,
          }))}
        />
      </Figure>
      <Figure
        name="Time to restore"
        value={restore ? duration(restore.p50) : "–"}
        beside={
          restore && `half of ${plural(restores, "failure")}; nine in ten within ${duration(restore.p90)}`
        }
        meaning="How long an environment had not converged when something had failed or was unhealthy, from the beginning of that divergence to its end, on the day on which it ended."
      >
        <DayPlot
          label="Median time to restore of each day"
          kind="duration"
          days={days.map(({ day, restoreMs }) => ({
            ...{ day, parts: [{ name: "median", value: restoreMs ?? 0, color: "var(--ink)" }] },
            words: restoreMs === null ? "none" : `half within ${duration(restoreMs)}`,
          }))}
        />
      </Figure>
    </div>
  );
}

function Figure({
  name,
  value,
  beside,
  meaning,
  children,
}: {
  name: string;
  value: string;
  beside: ReactNode;
  meaning: string;
  children: ReactNode;
}) {
  return (
    <section aria-label={name} className="min-w-0">
      <h2 className="text-xs text-ink-3">{name}</h2>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <b className="text-xl font-semibold tracking-[-0.017em]">{value}</b>
        {beside && <span className="text-ink-2">{beside}</span>}
      </p>
      {children}
      <p className="mt-2 text-sm text-ink-3">{meaning}</p>
    </section>
  );
}
