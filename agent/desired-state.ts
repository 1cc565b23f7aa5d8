import type { Commit } from "../lib/protocol/report.ts";
import { withInventory } from "./apply/index.ts";
import type { Declaration } from "./declaration.ts";
import type { Mask } from "./mask/index.ts";
import { type DesiredObject, refOf } from "./object.ts";
import type { Parts } from "./parts.ts";
import { place } from "./place.ts";
import { renderedDigest } from "./verdict/digests.ts";

/** What Git asks for at one commit, ready to be compared and applied. */
export type DesiredState = {
  commit: Commit;
  /** As compared: placed in their namespaces and, in mode `sync`, with the labels of the inventory. */
  objects: DesiredObject[];
  renderedDigest: string;
  /** Kinds that the cluster lacked: their scope was guessed, and is looked at again. */
  unknownKinds: number;
};

/** Fetches a revision (default: the ref's newest) and renders it; `fetched` hears of the commit in between. */
export async function readDesiredState(
  parts: Parts,
  declaration: Declaration,
  mask: Mask,
  revision: string | undefined,
  fetched: (commit: Commit) => void,
): Promise<DesiredState> {
  const checkout = await parts.source.checkout(declaration.repository, revision);
  try {
    const { commit, directory } = checkout;
    fetched(commit);
    const rendered = await parts.renderer.render({ directory, revision: commit.revision, declaration });
    // The mask knows a value only after it has seen the Secret that holds it; errors may quote it from here on.
    for (const { object } of rendered.objects) mask.object(object);
    const placed = await place(parts.cluster, rendered.objects, declaration.namespace);
    const objects =
      declaration.mode === "sync"
        ? placed.objects.map((one) => ({ ...one, object: withInventory(one.object, declaration.name) }))
        : placed.objects;
    const digest = renderedDigest(parts.digestKey, rendered.objects);
    return { commit, objects, renderedDigest: digest, unknownKinds: placed.unknownKinds };
  } finally {
    checkout.release();
  }
}

/** Makes sure that the schemas of these objects' kinds are known, and that their kinds are watched. */
export async function prepareComparison(
  parts: Parts,
  environment: string,
  desired: DesiredState,
  more: ReturnType<typeof refOf>[],
) {
  const versions = new Set(desired.objects.map(({ object }) => object.apiVersion));
  for (const version of versions) {
    const document = await parts.cluster.openApi(version);
    if (document) parts.schemas.add(document);
  }
  parts.watches.follow(environment, [...desired.objects.map(({ object }) => refOf(object)), ...more]);
  await parts.watches.synced(10_000);
}
