import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { healthOf } from "../health/index.ts";
import { createMask } from "../mask/index.ts";
import { isObject, readObjects } from "./objects.ts";

/** Prints one `{index, kind, name, status, message}` line per object; answers the exit code. */
export async function healthCommand(filename: string): Promise<number> {
  const input = filename === "-" ? await text(process.stdin) : await readFile(filename, "utf8");
  const values = readObjects(input);
  const mask = createMask({ key: randomBytes(32), rules: { annotations: [], fields: [] } });
  // What the Secrets among them hold, the others' conditions may quote.
  for (const value of values) if (isObject(value) && value.kind === "Secret") mask.object(value);
  const lines = values.map((value, index) => {
    const { message, ...line } = lineOf(value, index);
    return JSON.stringify({ ...line, message: mask.text(message) });
  });
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}

function lineOf(value: unknown, index: number) {
  const object = isObject(value) ? value : null;
  const kind = object?.kind ?? "";
  const name = String(object?.metadata?.name ?? "");
  if (!object)
    return {
      index,
      kind,
      name,
      status: "Unknown",
      message: "This is not a Kubernetes object: it has no kind.",
    };
  try {
    return {
      index,
      kind,
      name,
      ...healthOf({ ...object, apiVersion: object.apiVersion ?? "", metadata: object.metadata ?? { name } }),
    };
  } catch (error) {
    return {
      index,
      kind,
      name,
      status: "Unknown",
      message: `It cannot be read: ${(error as Error).message}`,
    };
  }
}
