import type { ResourceStatus } from "../protocol/object.ts";
import type { readManifests } from "./read-manifests.ts";

type Manifests = Awaited<ReturnType<typeof readManifests>>;
type Manifest = Manifests extends Map<string, infer M> ? M : never;

/** An object with the manifests that are known of it. */
export function withManifests<O extends Pick<ResourceStatus, "desiredDigest" | "observedDigest">>(
  object: O,
  manifests: Manifests,
): O & { desired?: Manifest; observed?: Manifest } {
  const desired = object.desiredDigest ? manifests.get(object.desiredDigest) : undefined;
  const observed = object.observedDigest ? manifests.get(object.observedDigest) : undefined;
  return {
    ...object,
    ...(desired === undefined ? {} : { desired }),
    ...(observed === undefined ? {} : { observed }),
  };
}
