import { isMap, type Json, type JsonMap, type KubeObject } from "./json.ts";
import { parseBody } from "./parse-body.ts";
import { applyJsonPatch } from "./patches/json-patch.ts";
import { applyMergePatch } from "./patches/merge-patch.ts";
import { applyStrategicMergePatch } from "./patches/strategic-merge-patch.ts";
import type { ResourceType } from "./resources.ts";
import { ApiError, badRequest, conflict, STALE, unsupportedMediaType } from "./status.ts";
import type { Target, WriteOptions, Writes } from "./writes.ts";

/** A patch request, not yet parsed. */
export interface PatchRequest {
  mediaType: string;
  text: string;
  force: boolean | undefined;
}

/** Applies any kind of patch; `created` when server-side apply made the object. */
export function patchObject(
  writes: Writes,
  target: Target,
  request: PatchRequest,
  options: WriteOptions,
): { object: KubeObject; created: boolean } {
  if (request.mediaType === "application/apply-patch+yaml")
    return applyRequest(writes, target, request, options);
  if (request.force !== undefined)
    throw invalidOption("force", "Forbidden: may not be specified for non-apply patch");
  const live = writes.get(target);
  const patched = applyPatch(live, request, target.type, writes);
  const { type } = target;
  if (patched.apiVersion !== type.apiVersion || patched.kind !== type.kind) {
    throw badRequest("a patch may not change an object's apiVersion or kind");
  }
  const version = (patched.metadata as JsonMap).resourceVersion;
  if (version && version !== live.metadata.resourceVersion) throw conflict(type, target.name, STALE);
  const problems = writes.fieldProblems({ value: patched, duplicates: [] }, type, options);
  if (problems.length > 0) {
    const why = `strict decoding error: ${problems.join(", ")}`;
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(patched))}: ${why}`;
    throw new ApiError(422, "Invalid", ` "" is invalid: patch: ${message}`, undefined, [
      { reason: "FieldValueInvalid", message, field: "patch" },
    ]);
  }
  const next = writes.conversion.toStored(patched, type);
  return { object: writes.replace(target, live, next, options), created: false };
}

/** The patched document; nothing is stored. */
export function applyPatch(
  live: JsonMap,
  request: PatchRequest,
  type: ResourceType,
  writes: Writes,
): JsonMap {
  const patch = parseBody(request.text, "application/json").value;
  let patched: Json;
  switch (request.mediaType) {
    case "application/json-patch+json":
      patched = applyJsonPatch(live, patch);
      break;
    case "application/merge-patch+json":
      patched = applyMergePatch(live, patch);
      break;
    case "application/strategic-merge-patch+json":
      if (type.custom) throw unsupportedMediaType();
      if (!isMap(patch)) throw badRequest("error decoding patch: a strategic merge patch is a JSON object");
      patched = applyStrategicMergePatch(
        live,
        patch,
        writes.conversion.schemaOf(type),
        writes.conversion.lookup,
      );
      break;
    default:
      throw unsupportedMediaType();
  }
  if (!isMap(patched) || !isMap(patched.metadata)) throw badRequest("the patched object has no metadata");
  return patched;
}

function applyRequest(
  writes: Writes,
  target: Target,
  request: PatchRequest,
  options: WriteOptions,
): { object: KubeObject; created: boolean } {
  if (!options.manager) throw invalidOption("fieldManager", "Required value: is required for apply patch");
  const { value, duplicates } = parseBody(request.text, request.mediaType);
  if (!isMap(value)) throw badRequest("error decoding YAML: the body is not an object");
  if (duplicates.length > 0 && options.fieldValidation === "Strict") {
    throw badRequest(
      `error strict decoding YAML: ${duplicates.map((d) => `key "${d}" already set in map`).join(", ")}`,
    );
  }
  return writes.apply(target, value, { ...options, force: request.force ?? false });
}

function invalidOption(field: string, message: string): ApiError {
  const reason = message.startsWith("Required") ? "FieldValueRequired" : "FieldValueForbidden";
  return new ApiError(
    422,
    "Invalid",
    `PatchOptions.meta.k8s.io "" is invalid: ${field}: ${message}`,
    { group: "meta.k8s.io", kind: "PatchOptions" },
    [{ reason, message, field }],
  );
}
