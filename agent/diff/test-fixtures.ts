import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Json, KubeObject } from "../object.ts";
import { groupVersion } from "../object.ts";
import { type DiffInput, diffObject, type ObjectDiff, type OpenApiDocument, schemasFrom } from "./index.ts";

const read = (name: string) =>
  JSON.parse(gunzipSync(readFileSync(join(import.meta.dirname, "testdata", name))).toString()) as unknown;

/** Kubernetes 1.36's own OpenAPI, without descriptions, and that of the Widget of testdata/referee. */
export const schemas = schemasFrom([read("kubernetes-1.36.openapi.json.gz") as OpenApiDocument]);

/** The objects of testdata/referee beside what a real API server made of them. */
export const live = read("live-1.36.json.gz") as { desired: KubeObject; observed: KubeObject }[];

/** The schema of an object's kind. */
export function schemaOf(object: KubeObject) {
  return schemas.find({ ...groupVersion(object.apiVersion), kind: object.kind });
}

/** A diff with the usual settings. */
export function diff(
  desired: KubeObject,
  observed: KubeObject,
  settings: Partial<DiffInput> = {},
): ObjectDiff {
  return diffObject({
    desired,
    observed,
    schema: schemaOf(desired),
    fieldManager: "plumbline",
    ignore: [],
    additionsCount: false,
    ...settings,
  });
}

/** An object of a kind, with whatever else it has. */
export function object(apiVersion: string, kind: string, rest: { [key: string]: Json }): KubeObject {
  const { metadata = {}, ...others } = rest as { metadata?: { [key: string]: Json } };
  return { apiVersion, kind, metadata: { name: "quotes", namespace: "shop", ...metadata }, ...others };
}

/** A managedFields entry. */
export function owned(manager: string, fieldsV1: Json, rest: { [key: string]: Json } = {}): Json {
  return {
    manager,
    operation: "Update",
    time: "2026-11-20T10:00:00Z",
    fieldsType: "FieldsV1",
    fieldsV1,
    ...rest,
  };
}

/** Our own managedFields entry. */
export function ours(fieldsV1: Json, time = "2026-11-20T09:00:00Z"): Json {
  return owned("plumbline", fieldsV1, { operation: "Apply", time });
}
