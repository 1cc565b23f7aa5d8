import type { ObjectRef } from "../lib/protocol/object.ts";
import type { Commit } from "../lib/protocol/report.ts";
import { withInventory } from "./apply/index.ts";
import { ApiError } from "./cluster/index.ts";
import type { Declaration } from "./declaration.ts";
import { StageError } from "./errors.ts";
import { outsideGate } from "./lane.ts";
import type { Mask } from "./mask/index.ts";
import { type DesiredObject, groupVersion, type KubeObject, refOf } from "./object.ts";
import type { Parts } from "./parts.ts";
import { place } from "./place.ts";
import { renderedDigest } from "./verdict/digests.ts";

/** What Git asks for at one commit, ready to be compared and applied. */
export type DesiredState = {
  /** The environment's revision: the newest commit that changed what is rendered. */
  commit: Commit;
  /** As compared: placed in their namespaces and, in mode `sync`, with the labels of the inventory. */
  objects: DesiredObject[];
  renderedDigest: string;
  /** Kinds that the cluster lacked: their scope was guessed, and is looked at again. */
  unknownKinds: number;
};

/** What a revision renders to, before it is placed in the cluster. */
export type RenderedRevision = {
  commit: Commit;
  objects: DesiredObject[];
  renderedDigest: string;
  closure: string[];
};

/** Fetches a revision and renders it. */
export async function renderRevision(
  parts: Parts,
  declaration: Declaration,
  mask: Mask,
  revision: string,
): Promise<RenderedRevision> {
  const checkout = await parts.source.checkout(declaration.repository, revision);
  try {
    const { commit, directory } = checkout;
    const rendered = await parts.renderer.render({ directory, revision: commit.revision, declaration });
    // The mask knows a value only after it has seen the Secret that holds it; errors may quote it from here on.
    for (const { object } of rendered.objects) mask.learn(object);
    const digest = renderedDigest(parts.digestKey, rendered.objects);
    return { commit, objects: rendered.objects, renderedDigest: digest, closure: rendered.closure };
  } finally {
    checkout.release();
  }
}

/** What was rendered, as it is to be compared: in its namespaces, and with the labels of the inventory. */
export async function desiredOf(
  parts: Parts,
  declaration: Declaration,
  rendered: Omit<RenderedRevision, "closure">,
): Promise<DesiredState> {
  const { commit, renderedDigest } = rendered;
  const placed = await asCompareStage(() => place(parts.cluster, rendered.objects, declaration.namespace));
  const objects =
    declaration.mode === "sync"
      ? placed.objects.map((one) => ({ ...one, object: withInventory(one.object, declaration.name) }))
      : placed.objects;
  return { commit, objects, renderedDigest, unknownKinds: placed.unknownKinds };
}

/** Learns the schemas of these objects' kinds and watches them; throws StageError "compare". */
export async function prepareComparison(
  parts: Parts,
  environment: string,
  desired: DesiredState,
  inventory: readonly ObjectRef[],
): Promise<void> {
  await asCompareStage(async () => {
    for (const version of new Set(desired.objects.map(({ object }) => object.apiVersion)))
      await learnSchemas(parts, version);
  });
  parts.watches.follow(environment, [...desired.objects.map(({ object }) => refOf(object)), ...inventory]);
  // Others read their desired state meanwhile, so that one list is for many.
  if (!parts.watches.isSynced(environment))
    await outsideGate(() => parts.watches.synced(environment, 10_000));
}

/** Learns the schemas of kinds that the cluster has got since; answers whether there were any. */
export async function learnNewKinds(parts: Parts, desired: DesiredState): Promise<boolean> {
  const unknown = () => desired.objects.filter(({ object }) => !parts.schemas.find(kindOf(object)));
  const before = unknown();
  if (before.length === 0) return false;
  await asCompareStage(async () => {
    for (const version of new Set(before.map(({ object }) => object.apiVersion)))
      await learnSchemas(parts, version);
  });
  return unknown().length < before.length;
}

async function learnSchemas(parts: Parts, apiVersion: string): Promise<void> {
  const document = await parts.cluster.openApi(apiVersion);
  if (document) parts.schemas.add(document);
}

const kindOf = (object: KubeObject) => ({ ...groupVersion(object.apiVersion), kind: object.kind });

/** The cluster's refusal to be read keeps the comparison from being made, whatever was asked of it. */
async function asCompareStage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const message = `The cluster cannot be compared with Git: ${error.message.replace(/\.$/, "")}. It is tried again.`;
    throw new StageError("compare", "ClusterUnreadable", message, { next: "retry", cause: error });
  }
}
