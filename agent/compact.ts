import type { Json, KubeObject } from "./object.ts";

/** Texts beyond this many are forgotten all at once; what was shared by then stays shared. */
const MOST_TEXTS = 10_000;
const texts = new Map<string, string>();

/** The first text that was equal to this one: thousands of objects say the same few hundred things. */
function shared(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  if (texts.size >= MOST_TEXTS) texts.clear();
  texts.set(text, text);
  return text;
}

/** One entry of `metadata.managedFields` whose fields are kept as text, and parsed whenever they are asked for. */
class ManagedFields {
  readonly #fields: string;

  constructor({ fieldsV1, ...rest }: { [key: string]: Json | undefined }) {
    Object.assign(this, rest);
    this.#fields = shared(JSON.stringify(fieldsV1));
  }

  get fieldsV1(): Json {
    return JSON.parse(this.#fields);
  }

  toJSON(): Json {
    return { ...(this as unknown as { [key: string]: Json }), fieldsV1: this.fieldsV1 };
  }
}

/**
 * The same object in less memory: equal texts are kept once for all objects, and who owns which fields, often
 * the larger half of an object, as text. It reads as it did before. The given object is used up.
 */
export function compact(object: KubeObject): KubeObject {
  const { managedFields } = object.metadata;
  shareTexts(object as { [key: string]: Json }, 0);
  if (!Array.isArray(managedFields)) return object;
  const entries = managedFields.map((entry) => (hasFields(entry) ? new ManagedFields(entry) : entry));
  return { ...object, metadata: { ...object.metadata, managedFields: entries as unknown as Json } };
}

function hasFields(entry: Json): entry is { [key: string]: Json | undefined } {
  return entry !== null && typeof entry === "object" && !Array.isArray(entry) && entry.fieldsV1 !== undefined;
}

function shareTexts(value: Json[] | { [key: string]: Json | undefined }, depth: number): void {
  if (depth > 200) return;
  const holder = value as { [key: string]: Json | undefined };
  for (const key of Object.keys(holder)) {
    const part = holder[key];
    if (typeof part === "string") holder[key] = shared(part);
    // Its keys are what is long in it, and they become one text anyway.
    else if (part !== null && typeof part === "object" && key !== "fieldsV1") shareTexts(part, depth + 1);
  }
}
