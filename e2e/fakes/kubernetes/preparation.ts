import { randomUUID } from "node:crypto";
import { admitPod } from "./admission/pod.ts";
import { admitService } from "./admission/service.ts";
import type { Conversion } from "./conversion.ts";
import { TEMPLATE_GENERATION } from "./defaults/workloads.ts";
import { type JsonMap, type KubeObject, listAt, mapAt, sameJson, textAt } from "./json.ts";
import { randomSuffix } from "./names.ts";
import type { ResourceType } from "./resources.ts";
import type { Store } from "./store.ts";
import { countedPart, countsGenerations, hasStatusEndpoint } from "./traits.ts";

/** Chooses a name where the client left it to the server. */
export function withName(object: KubeObject): KubeObject {
  const { name, generateName } = object.metadata;
  if (name || typeof generateName !== "string" || !generateName) return object;
  return {
    ...object,
    metadata: { ...object.metadata, name: `${generateName.slice(0, 58)}${randomSuffix()}` },
  };
}

/** What the server itself sets on a new object, after ownership has been recorded. */
export function prepareCreate(
  object: KubeObject,
  type: ResourceType,
  conversion: Conversion,
  store: Store,
  now: string,
): KubeObject {
  const metadata = {
    ...object.metadata,
    uid: randomUUID(),
    creationTimestamp: now,
    ...(countsGenerations(type) && { generation: 1 }),
  } as KubeObject["metadata"];
  for (const key of ["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"]) {
    delete metadata[key];
  }
  let prepared: KubeObject = { ...object, metadata };
  if (hasStatusEndpoint(type)) prepared = withFreshStatus(prepared, type, conversion);
  if (type.storage === "/pods") prepared = admitPod(prepared, store);
  if (type.storage === "/services") prepared = admitService(prepared, store);
  if (type.storage === "/namespaces") prepared = { ...prepared, spec: { finalizers: ["kubernetes"] } };
  if (type.storage === "batch/jobs") prepared = withJobSelector(prepared);
  if (type.storage === "/persistentvolumeclaims") {
    const finalizers = [...listAt(prepared, "metadata", "finalizers"), "kubernetes.io/pvc-protection"];
    prepared.metadata = { ...prepared.metadata, finalizers };
  }
  return prepared;
}

function withFreshStatus(object: KubeObject, type: ResourceType, conversion: Conversion): KubeObject {
  const { status, ...rest } = object;
  if (type.custom) return rest as KubeObject;
  const keepsStatus = type.storage === "apiextensions.k8s.io/customresourcedefinitions";
  if (keepsStatus) return object;
  const fresh = conversion.toStored({ apiVersion: type.apiVersion, kind: type.kind }, type).status;
  return fresh === undefined ? (rest as KubeObject) : { ...object, status: fresh };
}

/** A Job without a selector of its own selects by its uid. */
function withJobSelector(job: KubeObject): KubeObject {
  const spec = job.spec as JsonMap;
  if (spec.manualSelector === true) return job;
  const uid = job.metadata.uid as string;
  const template = spec.template as JsonMap;
  const metadata = (template.metadata ?? {}) as JsonMap;
  const labels = {
    ...(metadata.labels as JsonMap | undefined),
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": job.metadata.name,
    "controller-uid": uid,
    "job-name": job.metadata.name,
  };
  const selector = { matchLabels: { "batch.kubernetes.io/controller-uid": uid } };
  const own = mapAt(job, "metadata", "labels");
  const jobMetadata =
    own && !sameJson(own, metadata.labels ?? {}) ? job.metadata : { ...job.metadata, labels };
  return {
    ...job,
    metadata: jobMetadata,
    spec: { ...spec, selector, template: { ...template, metadata: { ...metadata, labels } } },
  };
}

const SERVER_OWNED = [
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "selfLink",
];

/** Keeps what an endpoint may not change, and counts the generation. */
export function prepareUpdate(
  next: KubeObject,
  before: KubeObject,
  type: ResourceType,
  subresource: string,
): KubeObject {
  const metadata = { ...next.metadata };
  for (const key of [...SERVER_OWNED, "generation", "generateName"]) {
    const kept = before.metadata[key];
    if (kept === undefined) delete metadata[key];
    else metadata[key] = kept;
  }
  let prepared: KubeObject;
  if (subresource === "status") {
    prepared = { ...before, ...(next.status !== undefined && { status: next.status }) };
    if (next.status === undefined) delete prepared.status;
    prepared.metadata = type.custom
      ? {
          ...before.metadata,
          ...(metadata.managedFields !== undefined && { managedFields: metadata.managedFields }),
        }
      : metadata;
    return prepared;
  }
  prepared = { ...next, metadata };
  if (hasStatusEndpoint(type)) {
    if (before.status === undefined) delete prepared.status;
    else prepared.status = before.status;
  }
  if (type.storage === "/services") prepared = keepAllocations(prepared, before);
  if (type.storage === "apps/daemonsets") countTemplate(prepared, before);
  if (type.storage === "/namespaces" && listAt(before, "spec", "finalizers").length > 0)
    prepared.spec = before.spec!;
  if (countsGenerations(type) && !sameJson(countedPart(prepared, type), countedPart(before, type))) {
    prepared.metadata.generation = Number(before.metadata.generation ?? 0) + 1;
  }
  return prepared;
}

function countTemplate(next: KubeObject, before: KubeObject): void {
  const count = Number(textAt(before, "metadata", "annotations", TEMPLATE_GENERATION) || 1);
  const changed = !sameJson(mapAt(next, "spec", "template") ?? {}, mapAt(before, "spec", "template") ?? {});
  const annotations = {
    ...mapAt(next, "metadata", "annotations"),
    [TEMPLATE_GENERATION]: String(changed ? count + 1 : count),
  };
  next.metadata = { ...next.metadata, annotations };
}

/** A service keeps the addresses it was given when an update leaves them out. */
function keepAllocations(next: KubeObject, before: KubeObject): KubeObject {
  const spec = { ...(next.spec as JsonMap) };
  const old = before.spec as JsonMap;
  if (spec.type === "ExternalName" || old.type === "ExternalName") return next;
  for (const key of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"]) {
    if (spec[key] === undefined && old[key] !== undefined) spec[key] = old[key];
  }
  return { ...next, spec };
}
