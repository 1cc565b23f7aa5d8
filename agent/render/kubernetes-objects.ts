import { objectKey } from "../../lib/protocol/object.ts";
import { StageError } from "../errors.ts";
import { type DesiredObject, type Json, type KubeObject, refOf } from "../object.ts";
import type { Limits } from "./limits.ts";
import { type YamlDocument, YamlError, yamlDocuments } from "./yaml-documents.ts";

type Where = { file: string; line?: number };
type JsonObject = { [key: string]: Json };

export type Reading = {
  limits: Limits;
  /** Where a document stands, for errors and as its objects' source; for a repository's file that is file and line. */
  placeOf: (document: YamlDocument) => Where;
  /** Where an engine's object was written, where that is more than its document's place. */
  sourceOf?: (object: KubeObject) => Where | undefined;
  deadline?: number;
};

/** The objects of one text, List kinds taken apart; `file` is what errors of its YAML name. */
export async function objectsOf(text: string, file: string, reading: Reading): Promise<DesiredObject[]> {
  const { limits, placeOf, sourceOf } = reading;
  const objects: DesiredObject[] = [];
  let pause = Date.now();
  try {
    for (const document of yamlDocuments(text, limits)) {
      const place = placeOf(document);
      for (const object of flatten(document.value, place)) {
        refuseRounded(document, object, place);
        objects.push({ object, source: sourceOf?.(object) ?? place });
      }
      if (objects.length > limits.maxObjects) throw tooMany(limits.maxObjects, file);
      // Parsing is work of this thread: let others have their turn.
      if (Date.now() - pause > 20) {
        await new Promise((resolve) => setImmediate(resolve));
        pause = Date.now();
        if (pause > (reading.deadline ?? Number.POSITIVE_INFINITY)) throw outOfTime(limits.timeoutMs, file);
      }
    }
  } catch (error) {
    if (error instanceof YamlError) throw yamlTrouble(error, file);
    throw error;
  }
  return objects;
}

/** The error for a file whose YAML cannot be used, with line and column. */
export function yamlTrouble(error: YamlError, file: string): StageError {
  return new StageError("render", "YamlInvalid", `${file}:${error.line}:${error.column}: ${error.message}.`, {
    at: { file, line: error.line },
  });
}

/** Refuses a second object of the same identity; which namespace counts where none is named is the caller's. */
export function refuseDuplicates(
  objects: DesiredObject[],
  namespace: string | undefined,
  limits: Limits,
): void {
  if (objects.length > limits.maxObjects) throw tooMany(limits.maxObjects, objects.at(-1)?.source?.file);
  const seen = new Map<string, DesiredObject>();
  for (const desired of objects) {
    const ref = refOf(desired.object);
    const key = objectKey({ ...ref, namespace: ref.namespace || (namespace ?? "") });
    const first = seen.get(key);
    if (first)
      throw new StageError(
        "render",
        "DuplicateObject",
        `${ref.kind} ${ref.name} stands twice in desired state: ${bothPlaces(place(first), place(desired))}; remove one of them.`,
        { at: { ...desired.source, ref } },
      );
    seen.set(key, desired);
  }
}

function place(desired: DesiredObject): string {
  return desired.source ? shown(desired.source) : "what was rendered";
}

function bothPlaces(first: string, second: string): string {
  return first === second ? `${first} is included two times` : `in ${first} and in ${second}`;
}

function shown(where: Where): string {
  return where.line === undefined ? where.file : `${where.file}:${where.line}`;
}

function flatten(value: Json, where: Where): KubeObject[] {
  if (!isObject(value)) throw notKubernetes(where, "it is not a mapping");
  const { apiVersion, kind, items } = value;
  if (typeof apiVersion !== "string" || apiVersion === "") throw notKubernetes(where, "it has no apiVersion");
  if (typeof kind !== "string" || kind === "") throw notKubernetes(where, "it has no kind");
  if (kind.endsWith("List") && (Array.isArray(items) || items === null)) {
    const itemKind = kind.slice(0, -"List".length);
    return (items ?? []).flatMap((item) =>
      // Only the typed lists say of their items what they are.
      flatten(isObject(item) && itemKind !== "" ? { apiVersion, kind: itemKind, ...item } : item, where),
    );
  }
  return [checked(value, kind, where)];
}

function checked(value: JsonObject, kind: string, where: Where): KubeObject {
  const { metadata } = value;
  const invalid = (what: string) =>
    new StageError("render", "ObjectInvalid", `${shown(where)}: the ${kind} there ${what}.`, {
      at: where,
    });
  if (!isObject(metadata)) throw invalid("has no metadata; give it a metadata.name");
  const { name, namespace, generateName } = metadata;
  if (name === undefined || name === null || name === "")
    throw invalid(
      generateName === undefined
        ? "has no metadata.name"
        : "has metadata.generateName, and desired state needs a fixed metadata.name to be compared",
    );
  if (typeof name !== "string") throw invalid("has a metadata.name that is not text; quote it");
  if (namespace !== undefined && namespace !== null && typeof namespace !== "string")
    throw invalid("has a metadata.namespace that is not text; quote it");
  for (const field of ["labels", "annotations"] as const) {
    const entries = metadata[field];
    if (entries === undefined || entries === null) continue;
    if (!isObject(entries)) throw invalid(`has metadata.${field} that are not a mapping`);
    for (const [key, entry] of Object.entries(entries))
      if (typeof entry !== "string" && entry !== null)
        throw invalid(
          `has the ${field.slice(0, -1)} ${JSON.stringify(key)}, which is not text; quote its value`,
        );
  }
  return value as KubeObject;
}

// A schema's numbers are floats to the API server too (apiextensions JSONSchemaProps), so rounding is what it does itself.
function refuseRounded(document: YamlDocument, object: KubeObject, place: Where): void {
  if (document.inexactLine === undefined || object.kind === "CustomResourceDefinition") return;
  const at = place.line === undefined ? place : { file: place.file, line: document.inexactLine };
  throw new StageError(
    "render",
    "NumberTooLarge",
    `${shown(at)}: a whole number there is beyond what JSON numbers hold exactly (2^53); quote it if it is meant as text.`,
    { at },
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function notKubernetes(where: Where, why: string): StageError {
  return new StageError(
    "render",
    "NotKubernetes",
    `${shown(where)}: the document there is not a Kubernetes object: ${why}; move such files out of the environment's path.`,
    { at: where },
  );
}

function tooMany(max: number, file: string | undefined): StageError {
  return new StageError(
    "render",
    "TooManyObjects",
    `Desired state has more than ${max} objects; split the environment.`,
    {
      at: file === undefined ? {} : { file },
    },
  );
}

/** The error for rendering that took too long. */
export function outOfTime(timeoutMs: number, file?: string): StageError {
  return new StageError(
    "render",
    "RenderTimeout",
    `Rendering${file ? ` of ${file}` : ""} took longer than ${Math.round(timeoutMs / 1000)} s and was stopped.`,
    {
      next: "retry",
      at: file === undefined ? {} : { file },
    },
  );
}
