import { isMap, type Json, type JsonMap } from "./json.ts";
import type { GoFields } from "./record-go-fields.ts";
import type { SchemaLookup } from "./schema.ts";
import type { Schema } from "./schema-shape.ts";

/** The media type typed Go clients (kubectl create, Helm) send built-in objects in. */
export const PROTOBUF = "application/vnd.kubernetes.protobuf";

const MAGIC = Buffer.from("k8s\0");

type Value = bigint | Buffer;

/** Reads the fields of one message: number and value, varints as bigint and everything longer as bytes. */
function* fieldsOf(message: Buffer): Generator<[number, Value]> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new Error("a protobuf message ends within a number");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const bytes = (length: number): Buffer => {
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const key = Number(varint());
    const wire = key & 7;
    if (wire === 0) yield [key >> 3, varint()];
    else if (wire === 2) yield [key >> 3, bytes(Number(varint()))];
    else yield [key >> 3, bytes(wire === 1 ? 8 : 4)];
  }
}

function fieldMap(message: Buffer): Map<number, Value> {
  return new Map(fieldsOf(message));
}

const text = (value: Value | undefined): string => (Buffer.isBuffer(value) ? value.toString("utf8") : "");
const signed = (value: Value | undefined): number =>
  typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : 0;

/** Decodes Kubernetes' protobuf into the JSON the rest of the server works on. */
export class ProtobufReader {
  readonly #lookup: SchemaLookup;
  readonly #fields: GoFields;

  constructor(lookup: SchemaLookup, fields: GoFields) {
    this.#lookup = lookup;
    this.#fields = fields;
  }

  /** Decodes a request body: the envelope names the kind. DeleteOptions and the like are found by name. */
  read(body: Buffer): JsonMap {
    if (!body.subarray(0, 4).equals(MAGIC))
      throw new Error("the body does not begin as Kubernetes' protobuf does");
    const envelope = fieldMap(body.subarray(4));
    const meta = fieldMap(bufferOf(envelope.get(1)));
    const apiVersion = text(meta.get(1));
    const kind = text(meta.get(2));
    const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
    const schema =
      this.#lookup.ofKind({ group: group!, version: version!, kind }) ??
      this.#lookup.named(`io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`);
    if (!schema) throw new Error(`no type is known for ${apiVersion}, Kind=${kind}`);
    return { apiVersion, kind, ...this.#struct(bufferOf(envelope.get(2)), this.#lookup.nameOf(schema)!) };
  }

  #struct(message: Buffer, definition: string): JsonMap {
    const schema = this.#lookup.named(definition);
    const numbered = new Map<number, string>();
    for (const [name, traits] of Object.entries(this.#fields[definition] ?? {})) {
      const number = name.startsWith("@") ? name.slice(1) : traits.split("#")[1];
      if (number) numbered.set(Number(number), name);
    }
    const out: JsonMap = {};
    for (const [number, value] of fieldsOf(message)) {
      const name = numbered.get(number);
      if (name === undefined) continue;
      if (name.startsWith("@")) {
        Object.assign(out, this.#struct(bufferOf(value), this.#fields[definition]![name]!));
        continue;
      }
      const property = schema?.properties?.[name] ?? this.#propertyOf(definition, name);
      if (property) this.#put(out, name, value, property);
    }
    return out;
  }

  /** An inlined struct has no definition of its own in OpenAPI: any that holds it says what its fields are. */
  #propertyOf(definition: string, name: string): Schema | undefined {
    for (const [holder, fields] of Object.entries(this.#fields)) {
      const holds = Object.entries(fields).some(
        ([key, inner]) => key.startsWith("@") && inner === definition,
      );
      const property = holds ? this.#lookup.named(holder)?.properties?.[name] : undefined;
      if (property) return property;
    }
    return undefined;
  }

  #put(out: JsonMap, name: string, value: Value, property: Schema): void {
    const schema = this.#lookup.follow(property);
    if (schema.type === "array" && schema.items) {
      const list = Array.isArray(out[name]) ? out[name] : [];
      out[name] = [...list, this.#value(value, schema.items)];
    } else if (isMap(schema.additionalProperties)) {
      const entry = fieldMap(bufferOf(value));
      const item = this.#value(entry.get(2) ?? Buffer.alloc(0), schema.additionalProperties as Schema);
      out[name] = { ...(isMap(out[name]) ? out[name] : {}), [text(entry.get(1))]: item };
    } else out[name] = this.#value(value, property);
  }

  #value(value: Value, property: Schema): Json {
    const schema = this.#lookup.follow(property);
    const definition = this.#lookup.nameOf(schema) ?? "";
    if (schema.properties) return this.#struct(bufferOf(value), definition);
    switch (definition.split(".").at(-1)) {
      case "Time":
      case "MicroTime": {
        const time = fieldMap(bufferOf(value));
        if (time.size === 0) return null;
        const date = new Date(
          signed(time.get(1)) * 1000 + Math.floor(signed(time.get(2)) / 1e6),
        ).toISOString();
        return definition.endsWith("MicroTime") ? date.replace("Z", "000Z") : `${date.slice(0, 19)}Z`;
      }
      case "Quantity":
        return text(fieldMap(bufferOf(value)).get(1));
      case "IntOrString": {
        const either = fieldMap(bufferOf(value));
        return signed(either.get(1)) === 1 ? text(either.get(3)) : signed(either.get(2));
      }
      case "RawExtension":
      case "JSON":
      case "FieldsV1":
        return JSON.parse(text(fieldMap(bufferOf(value)).get(1)) || "null") as Json;
    }
    if (schema.type === "boolean") return value !== 0n;
    if (schema.type === "integer") return signed(value);
    if (schema.type === "number" && Buffer.isBuffer(value)) return value.readDoubleLE();
    if (schema.format === "byte") return bufferOf(value).toString("base64");
    return text(value);
  }
}

const bufferOf = (value: Value | undefined): Buffer => (Buffer.isBuffer(value) ? value : Buffer.alloc(0));
