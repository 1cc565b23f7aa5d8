import { type KubeObject, listAt, mapAt, textAt } from "../json.ts";
import type { ControllerObjects } from "./objects.ts";

/** Plays a dynamic provisioner: a claim that asks for no particular class is bound as soon as it is made. */
export function reconcileClaim(objects: ControllerObjects, claim: KubeObject): undefined {
  if (claim.metadata.deletionTimestamp) {
    const finalizers = listAt(claim, "metadata", "finalizers").filter(
      (f) => f !== "kubernetes.io/pvc-protection",
    );
    objects.update("/persistentvolumeclaims", { ...claim, metadata: { ...claim.metadata, finalizers } });
    return;
  }
  if (textAt(claim, "spec", "storageClassName") || textAt(claim, "status", "phase") === "Bound") return;
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
