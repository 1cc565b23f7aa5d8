import { type KubeObject, listAt, mapAt, textAt } from "../json.ts";
import type { ControllerObjects } from "./objects.ts";

/** Plays a dynamic provisioner: a claim is bound as soon as it is made. */
export function reconcileClaim(objects: ControllerObjects, claim: KubeObject): undefined {
  if (claim.metadata.deletionTimestamp || textAt(claim, "status", "phase") === "Bound") return;
  const volumeName = `pvc-${String(claim.metadata.uid)}`;
  const spec = { ...mapAt(claim, "spec"), volumeName };
  const bound = objects.update("/persistentvolumeclaims", { ...claim, spec });
  objects.setStatus("/persistentvolumeclaims", bound, {
    phase: "Bound",
    accessModes: listAt(claim, "spec", "accessModes"),
    capacity: mapAt(claim, "spec", "resources", "requests") ?? {},
  });
  return undefined;
}
