import { isMap, type Json, sameJson, textAt } from "../json.ts";
import { ApiError, badRequest } from "../status.ts";

/** The API does not say which operation failed. */
const unprocessable = (): ApiError =>
  new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {});

/** Applies an RFC 6902 patch to a copy of the document. */
export function applyJsonPatch(document: Json, operations: Json): Json {
  if (!Array.isArray(operations))
    throw badRequest("error decoding patch: a JSON patch is a list of operations");
  return operations.reduce<Json>((current, operation) => step(current, operation), structuredClone(document));
}

function step(document: Json, operation: Json): Json {
  const path = tokens(textAt(operation, "path"));
  const value = (isMap(operation) ? operation.value : undefined) ?? null;
  switch (textAt(operation, "op")) {
    case "add":
      return add(document, path, value);
    case "remove":
      return take(document, path).document;
    case "replace":
      take(structuredClone(document), path);
      return path.length === 0 ? value : add(take(document, path).document, path, value);
    case "move": {
      const taken = take(document, tokens(textAt(operation, "from")));
      return add(taken.document, path, taken.value);
    }
    case "copy":
      return add(document, path, structuredClone(at(document, tokens(textAt(operation, "from")))));
    case "test": {
      const found = find(document, path);
      if (sameJson(found ?? null, value)) return document;
      throw unprocessable();
    }
    default:
      throw badRequest(`unexpected kind: ${textAt(operation, "op")}`);
  }
}

function tokens(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function find(document: Json, path: string[]): Json | undefined {
  let current: Json | undefined = document;
  for (const token of path) {
    if (Array.isArray(current)) current = current[Number(token)];
    else current = isMap(current) ? current[token] : undefined;
  }
  return current;
}

function at(document: Json, path: string[]): Json {
  const found = find(document, path);
  if (found === undefined) throw unprocessable();
  return found;
}

function add(document: Json, path: string[], value: Json): Json {
  const key = path.at(-1);
  if (key === undefined) return value;
  const parent = at(document, path.slice(0, -1));
  if (Array.isArray(parent)) {
    const index = key === "-" ? parent.length : Number(key);
    if (!Number.isInteger(index) || index < 0 || index > parent.length) {
      throw unprocessable();
    }
    parent.splice(index, 0, value);
  } else if (isMap(parent)) parent[key] = value;
  else throw unprocessable();
  return document;
}

function take(document: Json, path: string[]): { document: Json; value: Json } {
  const value = at(document, path);
  const key = path.at(-1);
  const parent = at(document, path.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (isMap(parent) && key !== undefined) delete parent[key];
  return { document, value };
}
