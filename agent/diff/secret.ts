import { Buffer } from "node:buffer";
import type { Json, KubeObject } from "../object.ts";
import { isMap, type JsonMap } from "./equal.ts";

/** A Secret's data as the server stores it: stringData is encoded into it and wins. */
export function secretData(secret: KubeObject): Json | undefined {
  const { data, stringData } = secret;
  if (!isMap(stringData)) return data;
  const merged: JsonMap = Object.create(null) as JsonMap;
  if (isMap(data)) for (const key in data) merged[key] = data[key] as Json;
  for (const key in stringData) {
    const value = stringData[key];
    merged[key] = typeof value === "string" ? Buffer.from(value, "utf8").toString("base64") : (value as Json);
  }
  return merged;
}
