import { startTestControlPlane } from "../agent/test-control-plane.ts";
import type { Hint } from "../lib/protocol/hint.ts";

/** What the measuring process hears of each report. */
export type Heard = {
  environment: string;
  /** Milliseconds since 1970 at which its request arrived. */
  at: number;
  revision: string | null;
  /** How many objects agree with Git, and how many of these are healthy. */
  synced: number;
  healthy: number;
  /** A sync of this revision is told as succeeded. */
  succeeded: boolean;
};

/** A small control plane as a process of its own, so that its work is not the measuring process's. */
const succeeded = new Map<string, string>();
const server = await startTestControlPlane({
  onReport(report, arrivedAt) {
    // Once this report is recorded, whose answer is made without waiting.
    queueMicrotask(() => {
      const { environment } = report;
      for (const sync of report.syncs)
        if (sync.outcome === "succeeded") succeeded.set(environment, sync.revision);
      const recorded = server.state.environments.get(environment);
      if (!recorded) return;
      recorded.reports.length = 0;
      server.state.bodies.length = 0;
      const agreeing = [...recorded.resources.values()].filter(({ sync }) => sync === "Synced");
      const heard: Heard = {
        environment,
        at: performance.timeOrigin + arrivedAt,
        revision: report.comparedRevision,
        synced: agreeing.length,
        healthy: agreeing.filter(({ health }) => health !== "Progressing" && health !== "Degraded").length,
        succeeded: report.comparedRevision !== null && succeeded.get(environment) === report.comparedRevision,
      };
      process.send?.(heard);
    });
  },
});
process.on("message", (hint: Hint) => server.hint(hint));
process.on("disconnect", () => process.exit(0));
process.send?.({ url: server.url });
