import type { Conversion } from "./conversion.ts";
import { type JsonMap, type KubeObject, listAt, sameJson, textAt } from "./json.ts";
import { trackApply, trackUpdate, type Writer } from "./managed-fields.ts";
import type { ParsedBody } from "./parse-body.ts";
import { prepareCreate, prepareUpdate, withName } from "./preparation.ts";
import type { ResourceRegistry, ResourceType } from "./resources.ts";
import {
  ApiError,
  alreadyExists,
  badRequest,
  conflict,
  internal,
  invalid,
  notFound,
  STALE,
} from "./status.ts";
import type { Store } from "./store.ts";
import { validateApplied } from "./structured-merge/validate-applied.ts";
import { ignoredFields } from "./traits.ts";
import { invalidValue, validate } from "./validation.ts";

/** How a write was asked for. */
export interface WriteOptions {
  manager: string;
  dryRun?: boolean;
  fieldValidation?: string;
  /** Receives what the API sends as Warning headers. */
  warn?: (text: string) => void;
}

/** A parsed object body. */
export type ObjectBody = ParsedBody & { value: JsonMap };

/** Where a write goes. */
export interface Target {
  type: ResourceType;
  namespace: string;
  name: string;
  subresource: string;
}

/** The write verbs but delete: decode, own, admit, validate, store. */
export class Writes {
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly conversion: Conversion;

  constructor(store: Store, registry: ResourceRegistry, conversion: Conversion) {
    this.store = store;
    this.registry = registry;
    this.conversion = conversion;
  }

  get now(): string {
    return `${new Date().toISOString().slice(0, 19)}Z`;
  }

  find(target: Omit<Target, "subresource">): KubeObject | undefined {
    const found = this.store.get(target.type.storage, target.namespace, target.name);
    return found && asVersion(found, target.type);
  }

  get(target: Omit<Target, "subresource">): KubeObject {
    const found = this.find(target);
    if (!found) throw notFound(target.type, target.name);
    return found;
  }

  create(target: Target, body: ObjectBody, options: WriteOptions): KubeObject {
    const { type } = target;
    this.#checkKind(body.value, type);
    this.checkFields(body, type, options);
    const decoded = withName(this.conversion.toStored(this.#placed(body.value, target), type));
    const tracked = trackUpdate(this.conversion.empty(type), decoded, this.writer(target, options), true);
    return this.#insert(tracked, target, options);
  }

  /** Replaces an object; `body` is complete. */
  update(target: Target, body: ObjectBody, options: WriteOptions): KubeObject {
    const { type } = target;
    const live = this.get(target);
    this.#checkKind(body.value, type);
    this.checkFields(body, type, options);
    const next = this.conversion.toStored(this.#placed(body.value, target), type);
    this.#checkVersion(next, live, type);
    if (type.custom && !next.metadata.resourceVersion) {
      const cause = invalidValue("metadata.resourceVersion", 0, "must be specified for an update");
      throw invalid(type, target.name, [{ ...cause, message: cause.message.replace(": 0:", ": 0x0:") }]);
    }
    return this.replace(target, live, next, options);
  }

  /** Stores the outcome of a plain patch, as update does, with the version the patch started from. */
  replace(target: Target, live: KubeObject, next: KubeObject, options: WriteOptions): KubeObject {
    const tracked = trackUpdate(live, next, this.writer(target, options), false);
    return this.settle(target, live, tracked, options);
  }

  /** Server-side apply: creates the object when there is none. */
  apply(
    target: Target,
    config: JsonMap,
    options: WriteOptions & { force: boolean },
  ): { object: KubeObject; created: boolean } {
    const { type } = target;
    const sent = { apiVersion: textAt(config, "apiVersion"), kind: textAt(config, "kind") };
    if (sent.kind !== type.kind) {
      throw badRequest(`invalid object type: ${sent.apiVersion}, Kind=${sent.kind}`);
    }
    if (sent.apiVersion !== type.apiVersion) {
      throw badRequest(
        `Incorrect version specified in apply patch. Specified patch version: ${sent.apiVersion}, expected: ${type.apiVersion}`,
      );
    }
    if (listAt(config, "metadata", "managedFields").length > 0)
      throw badRequest("metadata.managedFields must be nil");
    const live = this.find(target);
    if (!live && target.subresource) throw notFound(type, target.name);
    // The configuration stays as it was sent: a namespace that only its address names is not part of it.
    this.#placed(config, target);
    const problem = validateApplied(config, this.conversion.mergeType(type));
    if (problem) {
      const subject = `${textAt(config, "metadata", "namespace")}/${target.name}`;
      throw internal(
        `failed to create typed patch object (${subject}; ${type.apiVersion}, Kind=${type.kind}): ${problem}`,
      );
    }
    const writer = this.writer(target, options);
    const applied = trackApply(live ?? this.conversion.empty(type), config, writer, options.force);
    const next = this.conversion.toStored(this.#placed(applied, target), type);
    if (live) {
      this.#checkVersion({ ...next, metadata: config.metadata as KubeObject["metadata"] }, live, type);
      return { object: this.settle(target, live, next, options), created: false };
    }
    const wanted = textAt(config, "metadata", "uid");
    if (wanted) {
      const why = `uid mismatch: the provided object specified uid ${wanted}, and no existing object was found`;
      throw conflict(type, target.name, why);
    }
    return { object: this.#insert(next, target, options), created: true };
  }

  writer(target: Target, options: WriteOptions): Writer {
    return {
      manager: options.manager || "unknown",
      apiVersion: target.type.apiVersion,
      subresource: target.subresource,
      type: this.conversion.mergeType(target.type),
      ignored: ignoredFields(target.type, target.subresource),
      empty: this.conversion.empty(target.type),
      now: this.now,
    };
  }

  /** Rejects or reports unknown and duplicate fields, as fieldValidation asks. */
  checkFields(body: ObjectBody, type: ResourceType, options: WriteOptions): void {
    const problems = this.fieldProblems(body, type, options);
    if (problems.length === 0) return;
    const text = `strict decoding error: ${problems.join(", ")}`;
    throw badRequest(
      `${type.kind} in version ${JSON.stringify(type.version)} cannot be handled as a ${type.kind}: ${text}`,
    );
  }

  /** What Strict would reject; Warn sends warnings and finds nothing. */
  fieldProblems(body: ObjectBody, type: ResourceType, options: WriteOptions): string[] {
    if (options.fieldValidation === "Ignore") return [];
    const problems = [
      ...body.duplicates.map((field) => `duplicate field ${JSON.stringify(field)}`),
      ...this.conversion.unknownIn(body.value, type).map((field) => `unknown field ${JSON.stringify(field)}`),
    ];
    if (options.fieldValidation === "Strict") return problems;
    for (const problem of problems) options.warn?.(problem);
    return [];
  }

  #checkKind(body: JsonMap, type: ResourceType): void {
    const apiVersion = textAt(body, "apiVersion");
    const kind = textAt(body, "kind");
    if ((!apiVersion || apiVersion === type.apiVersion) && (!kind || kind === type.kind)) return;
    const version = apiVersion.split("/").at(-1) || type.version;
    const from = `${version}.${kind || type.kind}`;
    const to = `${type.group.split(".")[0] || "core"}.${type.kind}`;
    throw badRequest(
      `${kind || type.kind} in version ${JSON.stringify(version)} cannot be handled as a ${type.kind}: converting (${from}) to (${to}): unknown conversion`,
    );
  }

  /** The body with the namespace and name its address says; throws 400 when it says otherwise itself. */
  #placed(body: JsonMap, target: Target): JsonMap {
    const metadata: JsonMap = { ...(body.metadata as JsonMap | undefined) };
    const namespace = textAt(metadata, "namespace");
    if (target.type.namespaced) {
      if (namespace && namespace !== target.namespace) {
        throw badRequest(
          "the namespace of the provided object does not match the namespace sent on the request",
        );
      }
      metadata.namespace = target.namespace;
    } else delete metadata.namespace;
    const name = textAt(metadata, "name");
    if (target.name && name && name !== target.name) {
      throw badRequest(
        `the name of the object (${name}) does not match the name on the URL (${target.name})`,
      );
    }
    if (target.name) metadata.name = target.name;
    return { ...body, metadata };
  }

  #checkVersion(next: KubeObject, live: KubeObject, type: ResourceType): void {
    const { name, uid, resourceVersion } = live.metadata;
    const wantedUid = next.metadata.uid;
    if (wantedUid && wantedUid !== uid) {
      const why = `Precondition failed: UID in precondition: ${wantedUid}, UID in object meta: ${uid}`;
      throw conflict(type, name, why);
    }
    const wanted = next.metadata.resourceVersion;
    if (wanted && wanted !== resourceVersion) throw conflict(type, name, STALE);
  }

  #insert(object: KubeObject, target: Target, options: WriteOptions): KubeObject {
    const { type } = target;
    this.#checkNamespace(object, target);
    if (this.store.get(type.storage, target.namespace, object.metadata.name)) {
      throw alreadyExists(type, object.metadata.name);
    }
    validate(object, type, this.conversion.lookup);
    const prepared = prepareCreate(object, type, this.conversion, this.store, this.now);
    return options.dryRun ? prepared : this.store.put(type.storage, prepared);
  }

  #checkNamespace(object: KubeObject, target: Target): void {
    const { type, namespace } = target;
    if (!type.namespaced) return;
    const found = this.store.get("/namespaces", "", namespace);
    const namespaces = { group: "", plural: "namespaces", kind: "Namespace" };
    if (!found) throw notFound(namespaces, namespace);
    if (textAt(found, "status", "phase") !== "Terminating") return;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    const resource = type.group ? `${type.plural}.${type.group}` : type.plural;
    const message = `${resource} ${JSON.stringify(object.metadata.name)} is forbidden: ${why}`;
    const cause = {
      reason: "NamespaceTerminating",
      message: `namespace ${namespace} is being terminated`,
      field: "metadata.namespace",
    };
    throw new ApiError(
      403,
      "Forbidden",
      message,
      { name: object.metadata.name, group: type.group, kind: type.plural },
      [cause],
    );
  }

  /** Stores a changed object whose ownership is settled. */
  settle(target: Target, live: KubeObject, next: KubeObject, options: WriteOptions): KubeObject {
    const { type } = target;
    const prepared = prepareUpdate(next, live, type, target.subresource);
    prepared.metadata.resourceVersion = live.metadata.resourceVersion!;
    validate(prepared, type, this.conversion.lookup, live);
    if (sameJson(withoutTimes(prepared), withoutTimes(live))) return live;
    if (options.dryRun) return prepared;
    const doomed =
      prepared.metadata.deletionTimestamp && listAt(prepared, "metadata", "finalizers").length === 0;
    if (doomed && listAt(prepared, "spec", "finalizers").length === 0)
      return this.store.remove(type.storage, prepared);
    return this.store.put(type.storage, prepared);
  }
}

/** An object as another of its resource's versions shows it. */
export function asVersion(object: KubeObject, type: ResourceType): KubeObject {
  return object.apiVersion === type.apiVersion ? object : { ...object, apiVersion: type.apiVersion };
}

/** A write that would only move managedFields' times does not happen. */
function withoutTimes(object: KubeObject): KubeObject {
  const entries = object.metadata.managedFields;
  if (!Array.isArray(entries)) return object;
  const managedFields = entries.map((entry) => ({ ...(entry as JsonMap), time: "" }));
  return { ...object, metadata: { ...object.metadata, managedFields } };
}
