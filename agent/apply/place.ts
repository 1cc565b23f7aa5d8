import type { Cluster } from "../cluster/index.ts";
import { type DesiredObject, type KubeObject, refOf } from "../object.ts";
import { isCrd } from "./order.ts";
import { kindKey, servedKinds } from "./wait.ts";

/**
 * Puts every object where the API server would: namespaced kinds that name no namespace into `namespace`,
 * cluster-wide kinds into none. A kind that only a CRD of the set knows has the scope that CRD says, and one
 * that nobody knows is left as it is. Throws ApiError where the server cannot be asked.
 */
export async function placeObjects(
  cluster: Cluster,
  objects: DesiredObject[],
  namespace: string,
): Promise<DesiredObject[]> {
  const coming = new Map(
    objects
      .filter(({ object }) => isCrd(refOf(object)))
      .flatMap(({ object }) => servedKinds(object).map((kind) => [kind.key, kind.namespaced] as const)),
  );
  return Promise.all(
    objects.map(async (desired) => {
      const key = kindKey(desired.object);
      const isNamespaced = coming.get(key) ?? (await cluster.resourceFor(refOf(desired.object)))?.namespaced;
      if (isNamespaced === undefined) return desired;
      return { ...desired, object: placed(desired.object, isNamespaced ? namespace : undefined) };
    }),
  );
}

function placed(object: KubeObject, namespace: string | undefined): KubeObject {
  const { namespace: own, ...metadata } = object.metadata;
  if (namespace === undefined) return { ...object, metadata: metadata as KubeObject["metadata"] };
  return { ...object, metadata: { ...object.metadata, namespace: own || namespace } };
}
