import type { FieldChange, ResourceStatus } from "#lib/protocol/object.ts";
import { digest } from "#lib/testing/tenant.ts";

type Writer = { manager: string; who: string; operation?: "Apply" | "Update" };

export const writers = {
  edit: { manager: "kubectl-edit", who: "kubectl edit" },
  scale: { manager: "kubectl", who: "kubectl scale" },
  setImage: { manager: "kubectl-set", who: "kubectl set image" },
  lens: { manager: "node-fetch", who: "node-fetch" },
  autoscaler: { manager: "vpa-updater", who: "vpa-updater" },
} satisfies Record<string, Writer>;

/** An object whose fields somebody changed in the cluster, at that instant. */
export function drifted(
  status: ResourceStatus,
  at: number,
  by: Writer,
  fields: [path: string, desired: FieldChange["desired"], observed: FieldChange["observed"]][],
): ResourceStatus {
  const time = new Date(at).toISOString();
  const changes = fields.map(([path, desired, observed]) => ({
    path,
    pointer: `/${path.replaceAll(/\[(?:name=)?[^\]]*\]/g, ".0").replaceAll(".", "/")}`,
    type: "modified" as const,
    counts: true,
    desired,
    observed,
    by: { manager: by.manager, who: by.who, operation: by.operation ?? ("Update" as const), time },
  }));
  const observedDigest = digest(`${status.observedDigest} ${at}`);
  return { ...status, sync: "Modified", cause: "drift", changes, observedDigest };
}

/** An object that is what Git says, and does not work. */
export function unhealthy(status: ResourceStatus, healthReason: string): ResourceStatus {
  return { ...status, health: "Degraded", healthReason };
}

/** An object that Git has newly and the cluster has not yet. */
export function pendingImage(
  status: ResourceStatus,
  container: string,
  from: string,
  to: string,
): ResourceStatus {
  const path = `spec.template.spec.containers[name=${container}].image`;
  const pointer = "/spec/template/spec/containers/0/image";
  const change = { path, pointer, type: "modified" as const, counts: true, desired: to, observed: from };
  return { ...status, sync: "Modified", cause: "pending", changes: [change], observedDigest: digest(from) };
}
