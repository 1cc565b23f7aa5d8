import type { Environment, Transaction } from "../db.ts";
import { readManifests } from "../manifests/read-manifests.ts";
import { objectChanges } from "./object-changes.ts";
import type { ObjectChange } from "./schemas.ts";

/** What changes in the cluster from what is rendered now to a rendering of before, as far as both were recorded. */
export async function readObjectChanges(
  tx: Transaction,
  environment: Environment,
  kind: string,
  targetDigest: string | null,
): Promise<{ objects: ObjectChange[] | null; note: string | null }> {
  const none = (note: string) => ({ objects: null, note });
  if (!targetDigest)
    return none(
      kind === "revert"
        ? "Later commits stay, so that what is rendered without this one was never recorded: the merge will show it."
        : "What this revision rendered to was not recorded, so its objects cannot be shown.",
    );
  if (!environment.renderedDigest) return none("What is rendered now was not reported yet.");
  const from = await readRendering(tx, environment, environment.renderedDigest);
  const to = await readRendering(tx, environment, targetDigest);
  if (!to) return none("The objects of this revision's rendering are no longer kept.");
  if (!from) return none("The objects of the present rendering were not reported yet.");
  const objects = objectChanges(from, to);
  const behind = environment.headRevision !== environment.comparedRevision;
  const note = behind
    ? "Git has a newer commit than was rendered last: these are changes from the last rendering."
    : objects.some((one) => !one.recorded)
      ? "Some manifests never arrived, so their fields cannot be shown."
      : null;
  return { objects, note };
}

async function readRendering(
  tx: Transaction,
  { organizationId, id: environmentId }: Environment,
  renderedDigest: string,
): Promise<Map<string, unknown> | null> {
  const rendering = await tx.rendering.findUnique({
    where: { organizationId_environmentId_renderedDigest: { organizationId, environmentId, renderedDigest } },
  });
  if (!rendering) return null;
  const digests = Object.entries(rendering.manifests as Record<string, string>);
  const bodies = await readManifests(tx, organizationId, [...new Set(digests.map(([, digest]) => digest))]);
  return new Map(digests.map(([key, digest]) => [key, bodies.get(digest)]));
}

/** An object as people name it: `Deployment shop/quotes`. */
export function objectName(key: string): string {
  const [, kind, namespace, name] = key.split("/");
  return `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}
