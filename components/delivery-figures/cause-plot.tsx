"use client";
import { useQuery } from "@tanstack/react-query";
import { SIGNS } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { duration, plural } from "#components/ui/format.ts";
import { Waiting } from "#components/ui/waiting.tsx";
import { CAUSE_ORDER } from "#lib/divergences/rules.ts";
import type { CauseDays, CauseSpan } from "#lib/divergences/schemas.ts";
import { DayPlot } from "./day-plot.tsx";
import { figureQueries } from "./queries.ts";

/** Divergences by the day on which they began and by what caused them. */
export function CausePlot({
  org,
  environment,
  days,
}: {
  org: string;
  environment: string | null;
  days: CauseSpan;
}) {
  const query = useQuery(figureQueries.causes(org, environment, days));
  const data = query.data;
  return (
    <section aria-label="Divergence by cause" className="mt-8 min-w-0">
      <h2 className="text-xs text-ink-3">Divergence by cause</h2>
      {!data ? (
        <Waiting query={query} rows={1} className="h-24" />
      ) : (
        <>
          <ul className="flex flex-wrap items-baseline gap-x-5">
            {totals(data).map(({ cause, episodes, openMs }) => (
              <li key={cause} className="flex items-center gap-1.5">
                <StateIcon sign={cause} />
                <b className="text-lg font-semibold" style={{ color: SIGNS[cause].color }}>
                  {episodes}
                </b>
                <span className="text-ink-2">
                  {SIGNS[cause].word.toLowerCase()}, {duration(openMs / episodes)} each on average
                </span>
              </li>
            ))}
            {totals(data).length === 0 && <li className="text-ink-2">Nothing has differed in this time.</li>}
          </ul>
          <DayPlot
            label="Divergences that began on each day, by their gravest cause"
            days={data.days.map(({ day, causes }) => ({
              day,
              parts: CAUSE_ORDER.toReversed().map((cause) => ({
                name: cause,
                value: causes[cause]?.episodes ?? 0,
                color: SIGNS[cause].color,
              })),
              words: wordsOf(causes),
            }))}
          />
          <p className="mt-2 text-sm text-ink-3">
            Each stretch of not being converged counts once, on the day on which it began, for the gravest of
            its causes: a failure, then drift, then what was unhealthy, then an ordinary rollout.
          </p>
        </>
      )}
    </section>
  );
}

function totals({ days }: CauseDays) {
  return CAUSE_ORDER.map((cause) => ({
    cause,
    episodes: days.reduce((sum, { causes }) => sum + (causes[cause]?.episodes ?? 0), 0),
    openMs: days.reduce((sum, { causes }) => sum + (causes[cause]?.openMs ?? 0), 0),
  })).filter(({ episodes }) => episodes > 0);
}

function wordsOf(causes: CauseDays["days"][number]["causes"]): string {
  const said = CAUSE_ORDER.flatMap((cause) => {
    const counted = causes[cause];
    return counted
      ? `${counted.episodes} ${SIGNS[cause].word.toLowerCase()} (${duration(counted.openMs)} in all)`
      : [];
  });
  return said.length > 0 ? said.join(", ") : plural(0, "divergence");
}
