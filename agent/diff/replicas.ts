import { nodeAt, type Owners } from "./owners.ts";

/**
 * The sentence that says an autoscaler set the replicas, where one did: it alone, besides us, owns the
 * field, and through the scale subresource. `kubectl scale` uses that too and is a person's doing.
 */
export function scaledByAutoscaler(pointer: string, owners: Owners): string | undefined {
  if (pointer !== "/spec/replicas") return undefined;
  const holders = owners.others.filter(
    (owner) => nodeAt(owner.fields, ["f:spec", "f:replicas"]) !== undefined,
  );
  const [first] = holders;
  const isAutoscaler = holders.every(
    ({ subresource, manager }) => subresource === "scale" && !manager.startsWith("kubectl"),
  );
  if (!first || !isAutoscaler) return undefined;
  return `spec.replicas is set by an autoscaler (${first.manager.slice(0, 128)}, through the scale subresource), which is no drift; leave it out of Git to say so there too.`;
}
