import type { Registry } from "prom-client";
import type { Sync, SyncOutcome } from "../../lib/protocol/report.ts";
import { type Counts, EnvironmentState, SyncStatus } from "../../lib/protocol/state.ts";
import type { Memory } from "../memory.ts";
import type { Snapshot } from "../report/delta.ts";
import { countsOf, stateOf } from "../verdict/counts.ts";
import { computed, type Labelled } from "./computed.ts";

/** What is read of an environment; the two times survive a restart in its memory. */
export type Followed = {
  name: string;
  memory: { is: Pick<Memory["is"], "divergedSince" | "lastSyncAt">; touch: () => void };
};

type Known = {
  environment: Followed;
  snapshot: Snapshot | null;
  outcomes: Map<SyncOutcome, number>;
  last: SyncOutcome | null;
};

/** One environment as a scrape sees it. */
type View = {
  name: string;
  known: Known;
  state: EnvironmentState;
  counts: Counts;
  failing: boolean;
};

/** The environments' part of the metrics: told of what is published, asked at each scrape. */
export type EnvironmentMetrics = ReturnType<typeof environmentMetrics>;

/** Registers what there is to say of each environment. The only label besides a fixed few is its name. */
export function environmentMetrics(registry: Registry, now: () => Date) {
  const followed = new Map<string, Known>();
  let views: View[] = [];
  let scrapes = 0;

  function viewOf(name: string, known: Known): View {
    const { snapshot, last } = known;
    if (!snapshot) return { name, known, state: "Unknown", counts: countsOf([]), failing: false };
    // By the clock of now: deadlines and suspensions pass without anything being published.
    const [state] = stateOf({ ...snapshot, observedAt: now().toISOString() }).split(" ");
    const troubled = snapshot.problem !== null || last === "failed" || last === "refused";
    return {
      name,
      known,
      state: EnvironmentState.parse(state),
      counts: countsOf(snapshot.resources),
      failing: troubled && state !== "Converged" && state !== "Suspended",
    };
  }

  /** What each environment has to say, made one by one. */
  const each = (say: (view: View) => Labelled[] | number | undefined) =>
    function* () {
      for (const view of views) {
        const said = say(view);
        if (typeof said === "number") yield { labels: { environment: view.name }, value: said };
        else if (said) yield* said;
      }
    };
  const gauge = (name: string, help: string, say: Parameters<typeof each>[0], ...more: string[]) =>
    computed(registry, { name, help, labelNames: ["environment", ...more], values: each(say) });

  gauge(
    "plumbline_environment_state",
    "1 for the state the environment is in, 0 for the others.",
    ({ name, state }) =>
      EnvironmentState.options.map((one) => ({
        labels: { environment: name, state: one },
        value: one === state ? 1 : 0,
      })),
    "state",
  );
  gauge(
    "plumbline_environment_diverged",
    "1 while the cluster is not what Git says, from the first difference seen until it is converged.",
    ({ known }) => (known.environment.memory.is.divergedSince ? 1 : 0),
  );
  gauge(
    "plumbline_environment_diverged_since_timestamp_seconds",
    "Since when the cluster is not what Git says; absent while it is.",
    ({ known }) => seconds(known.environment.memory.is.divergedSince),
  );
  gauge(
    "plumbline_environment_objects",
    "Objects of the environment by how they compare with Git.",
    ({ name, counts }) =>
      SyncStatus.options.map((sync) => ({
        labels: { environment: name, sync },
        value: counts.sync[sync] ?? 0,
      })),
    "sync",
  );
  gauge(
    "plumbline_environment_problem",
    "1 while something keeps the environment from being read, compared or applied, by stage.",
    ({ name, known: { snapshot } }) =>
      snapshot?.problem ? [{ labels: { environment: name, stage: snapshot.problem.stage }, value: 1 }] : [],
    "stage",
  );
  gauge(
    "plumbline_sync_failing",
    "1 while the last attempt to read or apply what Git says has failed, and it is not converged since.",
    ({ failing }) => (failing ? 1 : 0),
  );
  gauge(
    "plumbline_environment_last_sync_timestamp_seconds",
    "When the outcome of the environment's last sync was known.",
    ({ known }) => seconds(known.environment.memory.is.lastSyncAt),
  );
  computed(registry, {
    name: "plumbline_syncs_total",
    help: "Syncs that ended since the agent started, by outcome.",
    type: "counter",
    labelNames: ["environment", "outcome"],
    values: each(({ name, known }) =>
      [...known.outcomes].map(([outcome, value]) => ({ labels: { environment: name, outcome }, value })),
    ),
  });

  return {
    follow(environment: Followed): void {
      followed.set(environment.name, { environment, snapshot: null, outcomes: new Map(), last: null });
    },

    forget: (name: string) => void followed.delete(name),

    /** Takes note of what is reported. As on the environment's page, Unknown and Suspended end no difference. */
    published(snapshot: Snapshot, state: string, syncs: Sync[]): void {
      const known = followed.get(snapshot.environment);
      if (!known) return;
      known.snapshot = snapshot;
      const { memory } = known.environment;
      for (const { outcome, finishedAt } of syncs) {
        known.last = outcome;
        known.outcomes.set(outcome, (known.outcomes.get(outcome) ?? 0) + 1);
        memory.is.lastSyncAt = finishedAt;
        memory.touch();
      }
      const differs = /^(Diverged|Converging)/.test(state);
      if (differs ? memory.is.divergedSince : !memory.is.divergedSince || !state.startsWith("Converged"))
        return;
      memory.is.divergedSince = differs ? snapshot.observedAt : null;
      memory.touch();
    },

    /** Looks at every environment once; what `scrape` writes is of this moment, and nothing is kept after it. */
    async during(scrape: () => Promise<void>): Promise<void> {
      views = [...followed].map(([name, known]) => viewOf(name, known));
      scrapes += 1;
      try {
        await scrape();
      } finally {
        scrapes -= 1;
        if (scrapes === 0) views = [];
      }
    },
  };
}

function seconds(instant: string | null): number | undefined {
  return instant === null ? undefined : Date.parse(instant) / 1000;
}
