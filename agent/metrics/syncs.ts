import { Histogram, type Registry } from "prom-client";
import type { Sync } from "../../lib/protocol/report.ts";

/** From a tenth of a second to an hour: what is healed at once, and what waits for a rollout. */
const buckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

/** Registers how long syncs take and how far behind Git a cluster is; answers what to call for each that ended. */
export function syncMetrics(registry: Registry): (sync: Sync) => void {
  const registers = [registry];
  const duration = new Histogram({
    name: "plumbline_sync_duration_seconds",
    help: "From the start of a sync until its outcome is known, waiting for health included.",
    labelNames: ["outcome", "trigger"] as const,
    buckets,
    registers,
  });
  const applying = new Histogram({
    name: "plumbline_sync_apply_duration_seconds",
    help: "From the start of a sync until its last object was applied and pruned.",
    buckets,
    registers,
  });
  const noticed = new Histogram({
    name: "plumbline_commit_to_noticed_seconds",
    help: "From the time of a commit until the agent saw it in Git.",
    buckets,
    registers,
  });
  const converged = new Histogram({
    name: "plumbline_commit_to_converged_seconds",
    help: "From the time of a commit until the cluster is what it says, and healthy.",
    buckets,
    registers,
  });
  return ({ outcome, trigger, startedAt, appliedAt, finishedAt, noticedAt, commit }) => {
    if (outcome === "observed") return;
    duration.observe({ outcome, trigger }, between(startedAt, finishedAt));
    if (appliedAt) applying.observe(between(startedAt, appliedAt));
    // Of what a start or a new declaration brings, the commit may be years old.
    if (trigger !== "commit" || !commit) return;
    if (noticedAt) noticed.observe(between(commit.committedAt, noticedAt));
    if (outcome === "succeeded") converged.observe(between(commit.committedAt, finishedAt));
  };
}

function between(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
