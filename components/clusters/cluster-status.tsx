import { StateBadge } from "#components/state/state-badge.tsx";
import type { ClusterRow } from "#lib/clusters/schemas.ts";

/** Whether a cluster's agent speaks, in the same shapes and colours as everything else. */
export function ClusterStatus({ cluster }: { cluster: Pick<ClusterRow, "status"> }) {
  if (cluster.status === "connected") return <StateBadge sign="converged" word="Connected" />;
  if (cluster.status === "waiting") return <StateBadge sign="converging" word="Waiting for hello" />;
  return <StateBadge sign="unknown" word="Silent" />;
}

/** The version a cluster's API tells, and in words where it is a simulation. */
export function kubernetesWords({
  kubernetesVersion,
  simulated,
}: Pick<ClusterRow, "kubernetesVersion" | "simulated">): string {
  return `Kubernetes ${(kubernetesVersion ?? "").replace(/-simulated$/, "")}${simulated ? ", simulated" : ""}`;
}
